// Which parameters a figure depends on: functional analysis of variance over a random forest. Hutter, Hoos, Leyton-Brown
// (2014), "An efficient approach for assessing hyperparameter importance".
import { SeededRandom } from "../../time/mod.ts";
import { type Leaf, regressionTree } from "./regression_tree.ts";
import { thinned } from "./thinned.ts";
import type { TrialSurface } from "./trial_surface.ts";

const TREES = 32, SEED = 1;
const TREE = { leastPoints: 4, triedFraction: 5 / 6 };
/** With fewer trials nothing can be said; more are thinned evenly. */
const LEAST_TRIALS = 10, MOST_TRIALS = 1_000;

/** How much of a figure's variance over the space each parameter explains. */
export interface ParameterImportance {
  /** By parameter, the most important first: what it explains whatever the others are, as a share of all. */
  readonly parameters: readonly { readonly name: string; readonly share: number }[];
  /** What only several parameters together explain. */
  readonly togetherShare: number;
  /** Trials that were looked at. */
  readonly trials: number;
}

/**
 * What share of the variance each parameter explains alone, every place of the space counting the same: so it does not matter
 * that a search looked longer where it was good. Null of fewer than 10 trials, or where the figure does not vary.
 */
export function parameterImportance({ dimensions, points }: TrialSurface): ParameterImportance | null {
  const used = thinned(points, MOST_TRIALS), count = used.length;
  if (count < LEAST_TRIALS || dimensions.length === 0) return null;
  const random = new SeededRandom(SEED), units = used.map(({ unit }) => unit), losses = used.map(({ loss }) => loss);
  const sums = dimensions.map(() => 0);
  let trees = 0;
  for (let tree = 0; tree < TREES; tree++) {
    const members = used.map(() => Math.floor(random.next() * count));
    const shares = varianceShares(regressionTree(units, losses, members, TREE, random), dimensions.length);
    if (shares === null) continue;
    shares.forEach((share, i) => sums[i]! += share);
    trees++;
  }
  if (trees === 0) return null;
  const parameters = dimensions.map(({ name }, i) => ({ name, share: sums[i]! / trees }));
  const alone = parameters.reduce((sum, { share }) => sum + share, 0);
  return {
    parameters: parameters.toSorted((a, b) => b.share - a.share),
    togetherShare: Math.max(0, 1 - alone),
    trials: count,
  };
}

/** Of one tree: the variance over each side of the mean over all others, as a share of the variance over the cube. */
function varianceShares(leaves: readonly Leaf[], d: number): number[] | null {
  const volumes = leaves.map(({ low, high }) => low.reduce((product, from, i) => product * (high[i]! - from), 1));
  const mean = leaves.reduce((sum, { value }, leaf) => sum + value * volumes[leaf]!, 0);
  const variance = leaves.reduce((sum, { value }, leaf) => sum + (value - mean) * (value - mean) * volumes[leaf]!, 0);
  if (!(variance > 0)) return null;
  return Array.from({ length: d }, (_, i) => {
    const ends = [...new Set(leaves.flatMap(({ low, high }) => [low[i]!, high[i]!]))].sort((a, b) => a - b);
    const place = new Map(ends.map((end, k) => [end, k])), steps = new Float64Array(ends.length);
    leaves.forEach(({ low, high, value }, leaf) => {
      const part = (value - mean) * volumes[leaf]! / (high[i]! - low[i]!);
      steps[place.get(low[i]!)!]! += part;
      steps[place.get(high[i]!)!]! -= part;
    });
    let own = 0, sum = 0;
    for (let k = 0; k < ends.length - 1; k++) {
      own += steps[k]!;
      sum += own * own * (ends[k + 1]! - ends[k]!);
    }
    return sum / variance;
  });
}
