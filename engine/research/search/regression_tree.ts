import type { Random } from "../../time/mod.ts";

/** A box of the unit cube in which a tree gives one value. */
export interface Leaf {
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly value: number;
}

/** How trees are grown. */
export interface TreeSettings {
  /** A box with fewer points is not cut. */
  readonly leastPoints: number;
  /** Share of the dimensions that are looked at for a cut; at least one. */
  readonly triedFraction: number;
}

/** The boxes of a regression tree: each cut is the one after which the values differ least from the means of both sides. */
export function regressionTree(
  units: readonly Float64Array[],
  values: readonly number[],
  members: readonly number[],
  settings: TreeSettings,
  random: Random,
): Leaf[] {
  const d = units[0]!.length, leaves: Leaf[] = [];
  const boxes = [{ members, low: new Float64Array(d), high: new Float64Array(d).fill(1) }];
  for (let box = boxes.pop(); box !== undefined; box = boxes.pop()) {
    const { members, low, high } = box;
    const cut = members.length < settings.leastPoints ? null : bestCut(units, values, members, settings, random);
    if (cut === null) {
      leaves.push({ low, high, value: members.reduce((sum, i) => sum + values[i]!, 0) / members.length });
      continue;
    }
    const lower = members.filter((i) => units[i]![cut.dimension]! < cut.at);
    const upper = members.filter((i) => units[i]![cut.dimension]! >= cut.at);
    const middle = (corner: Float64Array) => corner.with(cut.dimension, cut.at);
    boxes.push({ members: lower, low, high: middle(high) }, { members: upper, low: middle(low), high });
  }
  return leaves;
}

function bestCut(
  units: readonly Float64Array[],
  values: readonly number[],
  members: readonly number[],
  { triedFraction }: TreeSettings,
  random: Random,
): { readonly dimension: number; readonly at: number } | null {
  const d = units[0]!.length, n = members.length, total = members.reduce((sum, i) => sum + values[i]!, 0);
  let best: { dimension: number; at: number } | null = null;
  let most = total * total / n;
  most += 1e-12 * Math.abs(most) + 1e-300;
  for (const dimension of someOf(d, Math.max(1, Math.round(d * triedFraction)), random)) {
    const order = members.toSorted((a, b) => units[a]![dimension]! - units[b]![dimension]! || a - b);
    let sum = 0;
    for (let k = 1; k < n; k++) {
      sum += values[order[k - 1]!]!;
      const before = units[order[k - 1]!]![dimension]!, after = units[order[k]!]![dimension]!;
      if (before === after) continue;
      // What the squares around the means lose is what the squares of the means gain.
      const rest = total - sum, explained = sum * sum / k + rest * rest / (n - k);
      if (explained > most) [best, most] = [{ dimension, at: (before + after) / 2 }, explained];
    }
  }
  return best;
}

/** So many different numbers below `d`. */
function someOf(d: number, count: number, random: Random): number[] {
  const all = Array.from({ length: d }, (_, i) => i);
  for (let i = 0; i < count; i++) {
    const j = i + Math.floor(random.next() * (d - i));
    [all[i], all[j]] = [all[j]!, all[i]!];
  }
  return all.slice(0, count);
}
