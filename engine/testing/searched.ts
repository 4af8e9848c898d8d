// Test support only: known functions as what a search looks for the least of, and a search of them.
import type { Outcome } from "../research/search/outcome.ts";
import type { Sampler } from "../research/search/sampler.ts";
import { Dimension } from "../research/search/search_axis.ts";

/** Numbers from −`reach` to `reach`. */
export function cube(dimensions: number, reach = 1): Dimension[] {
  return Array.from(
    { length: dimensions },
    (_, i) =>
      new Dimension(`x${i}`, { kind: "range", type: "number", from: -reach, to: reach, step: null, log: false }),
  );
}

/** Σ x². */
export function sphere(x: readonly number[]): number {
  return x.reduce((sum, own) => sum + own * own, 0);
}

/** A bent valley whose least, 0, is where all are 1. */
export function rosenbrock(x: readonly number[]): number {
  return x.slice(1).reduce((sum, next, i) => sum + 100 * (next - x[i]! * x[i]!) ** 2 + (1 - x[i]!) ** 2, 0);
}

/** A million times as steep in its last direction as in its first. */
export function ellipsoid(x: readonly number[]): number {
  return x.reduce((sum, own, i) => sum + 10 ** (6 * i / (x.length - 1)) * own * own, 0);
}

/** Branin's function over −1 … 1 of both; its least is 0.397887. */
export function branin([u, v]: readonly number[]): number {
  const x = 2.5 + 7.5 * u!, y = 7.5 + 7.5 * v!;
  return (y - 5.1 * x * x / (4 * Math.PI ** 2) + 5 * x / Math.PI - 6) ** 2 +
    10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) + 10;
}

/** Many small valleys in a large one. */
export function rastrigin(x: readonly number[]): number {
  return x.reduce((sum, own) => sum + 10 + (4 * own) ** 2 - 10 * Math.cos(2 * Math.PI * 4 * own), 0);
}

/** What a search of so many points finds; each point that is asked for counts. */
export function searched(
  sampler: Sampler,
  dimensions: readonly Dimension[],
  lossesOf: (x: number[]) => number[],
  trials: number,
  violationOf: (x: number[]) => number = () => 0,
): { readonly outcomes: Outcome[]; readonly points: number[][] } {
  const outcomes: Outcome[] = [], points: number[][] = [];
  while (outcomes.length < trials) {
    const { units } = sampler.ask();
    if (units.length === 0) break;
    const told = units.map((asked): Outcome => {
      const x = dimensions.map((own, i) => own.valueAt(asked[i]!) as number);
      points.push(x);
      const unit = Float64Array.from(dimensions, (own, i) => own.unitOf(x[i]!));
      return { unit, losses: lossesOf(x), violation: violationOf(x) };
    });
    sampler.tell(told);
    outcomes.push(...told);
  }
  return { outcomes: outcomes.slice(0, trials), points: points.slice(0, trials) };
}

/** The least loss of some outcomes that keep the constraints. */
export function leastLoss(outcomes: readonly Outcome[]): number {
  return Math.min(...outcomes.map(({ losses, violation }) => violation > 0 ? Infinity : losses[0]!));
}
