// The options of `sweep` and of what is built on it, and the plan that they make.
import type { Command } from "commander";
import { ENGINE_VERSION, loadCandles, loadFeeds, runDataOf } from "../engine/backtest/mod.ts";
import { UsageError } from "../engine/errors/mod.ts";
import { identityOf } from "../engine/identity/mod.ts";
import type { Lake } from "../engine/lake/mod.ts";
import type { CandleColumns } from "../engine/market/mod.ts";
import { gridPoints, objectiveOf, type SweepInput, type SweepPlan, widest } from "../engine/research/mod.ts";
import { type GridFlag, gridFlag } from "./grid_flag.ts";
import { findStrategy } from "./registry.ts";
import { flagged } from "./space_flag.ts";
import { moneyOf, type StudyFlags, sweptSpec, withStudyOptions } from "./study_flags.ts";

/** What is said of a sweep. */
export interface SweepFlags extends StudyFlags {
  grid?: GridFlag;
  objective: string;
  skipRefused?: boolean;
}

/** Adds the options that say which grid is traded on what. */
export function withSweepOptions(command: Command): Command {
  return withStudyOptions(command, "the grid", (own) =>
    own.option(
      "--grid <name=values...>",
      "values of a parameter: fast=5:50:5 or fast=5,10,20; the last one varies fastest",
      gridFlag,
    ))
    .option("--objective <figure>", "what is best: the most of a figure, or with a minus in front the least", "sharpe")
    .option("--skip-refused", "leave points out that the strategy refuses, such as fast above slow")
    .option("--resume", "go on where the same command was interrupted");
}

/** A plan with the candles that its market has in the lake. */
export interface LoadedSweep {
  readonly plan: SweepPlan;
  readonly history: readonly CandleColumns[];
}

/** What the options of a command say, with the candles for it. @throws {InputError | UsageError} saying what is missing. */
export async function loadSweep(flags: SweepFlags, lake: Lake, command: string): Promise<LoadedSweep> {
  if (flags.grid === undefined) {
    throw new UsageError(`${command} needs --grid, as in --grid fast=5:50:5 --grid slow=60:200:10`);
  }
  const money = moneyOf(flags);
  const spec = await sweptSpec(flags, lake, command), strategy = findStrategy(spec.strategy!);
  const plan: SweepPlan = {
    spec: { ...spec, params: {} },
    strategy,
    axes: flags.grid,
    fixed: { ...spec.params, ...flags.param },
    objective: flagged(() => objectiveOf(flags.objective)),
    money,
    ...(flags.certify === undefined ? {} : { certify: flags.certify }),
    ...(flags.skipRefused ? { skipRefused: true } : {}),
  };
  const longest = widest(plan.spec, gridPoints(strategy, plan.axes, plan));
  const history = await loadCandles(plan.spec, longest, lake), feeds = await loadFeeds(plan.spec, longest, lake);
  return { plan: { ...plan, feeds }, history };
}

/** A digest over all that decides a sweep. @param more What else decides what is built on it. */
export async function sweepId(plan: SweepPlan, { points, candles }: SweepInput, more: object = {}): Promise<string> {
  const { spec: stated, axes, fixed, money } = plan, codeHash = points[0]!.strategy.hash;
  const data = await runDataOf(stated, candles);
  return identityOf({ stated, axes, fixed, money, codeHash, data, version: ENGINE_VERSION, ...more });
}
