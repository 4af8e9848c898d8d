// What came of points, and which of them are better: by one figure, or by several of which none counts more.

/** What came of a point. */
export interface Outcome {
  /** Its place in the unit cube: the middle of its cell. */
  readonly unit: Float64Array;
  /** The less the better; one number for each objective. */
  readonly losses: readonly number[];
  /** How far it is from keeping all constraints, 0 where it does; ∞ of a point without figures, or that was refused. */
  readonly violation: number;
}

/**
 * Deb's rule: what keeps the constraints is before what does not, of two that do not the nearer one is first, and of two that
 * do the one that is nowhere worse and somewhere better.
 */
export function dominates(a: Outcome, b: Outcome): boolean {
  if (a.violation !== b.violation) return a.violation < b.violation;
  if (a.violation > 0) return false;
  let better = false;
  for (let i = 0; i < a.losses.length; i++) {
    if (a.losses[i]! > b.losses[i]!) return false;
    if (a.losses[i]! < b.losses[i]!) better = true;
  }
  return better;
}

/** Numbers of outcomes by front: those that none dominates, those that only the first ones do, and so on. */
export function paretoFronts(outcomes: readonly Outcome[]): number[][] {
  const n = outcomes.length, dominated: number[][] = outcomes.map(() => []), above = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      if (dominates(outcomes[i]!, outcomes[j]!)) dominated[i]!.push(j), above[j]!++;
      else if (dominates(outcomes[j]!, outcomes[i]!)) dominated[j]!.push(i), above[i]!++;
    }
  }
  const fronts: number[][] = [];
  let front = outcomes.flatMap((_, i) => above[i] === 0 ? i : []);
  while (front.length > 0) {
    fronts.push(front);
    const next: number[] = [];
    for (const i of front) for (const j of dominated[i]!) if (--above[j]! === 0) next.push(j);
    front = next.sort((a, b) => a - b);
  }
  return fronts;
}

/** How alone each of a front stands: the sum of the distances between its neighbours, as shares of the front; ∞ at its ends. */
export function crowdingDistances(outcomes: readonly Outcome[], front: readonly number[]): number[] {
  const alone = front.map(() => 0), objectives = outcomes[front[0]!]!.losses.length;
  for (let objective = 0; objective < objectives; objective++) {
    const lossOf = (place: number) => outcomes[front[place]!]!.losses[objective]!;
    const order = front.map((_, place) => place).sort((a, b) => ascending(lossOf(a), lossOf(b)) || a - b);
    const first = order[0]!, last = order.at(-1)!, width = lossOf(last) - lossOf(first);
    alone[first] = alone[last] = Infinity;
    if (!(width > 0 && width < Infinity)) continue;
    for (let k = 1; k < order.length - 1; k++) {
      alone[order[k]!]! += (lossOf(order[k + 1]!) - lossOf(order[k - 1]!)) / width;
    }
  }
  return alone;
}

/** Numbers of outcomes from the best to the worst: by front and crowding of several objectives; of equals the earlier first. */
export function bestFirst(outcomes: readonly Outcome[]): number[] {
  const several = outcomes.some(({ losses }) => losses.length > 1);
  if (several) {
    return paretoFronts(outcomes).flatMap((front) => {
      const alone = crowdingDistances(outcomes, front);
      return front.map((_, place) => place).sort((a, b) => ascending(alone[b]!, alone[a]!) || a - b)
        .map((place) => front[place]!);
    });
  }
  const lossOf = (i: number) => outcomes[i]!.losses[0] ?? Infinity, outside = (i: number) => outcomes[i]!.violation;
  return outcomes.map((_, i) => i).sort((a, b) =>
    ascending(outside(a), outside(b)) || ascending(lossOf(a), lossOf(b)) || a - b
  );
}

/** For sorting; unlike a difference it knows that ∞ equals ∞. */
function ascending(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
