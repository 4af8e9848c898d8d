// The options of `sweep` and of what is built on it, and the plan that they make.
import type { Command } from "commander";
import {
  type ColumnMoney,
  ENGINE_VERSION,
  loadCandles,
  loadFeeds,
  runDataOf,
  type RunSpec,
} from "../engine/backtest/mod.ts";
import { InputError, UsageError } from "../engine/errors/mod.ts";
import type { Lake } from "../engine/lake/mod.ts";
import { identityOf } from "../engine/identity/mod.ts";
import type { CandleColumns } from "../engine/market/mod.ts";
import {
  type ChunkQueue,
  gridPoints,
  MOST_WORKERS,
  objectiveOf,
  type SweepInput,
  type SweepPlan,
  TrialPool,
  widest,
} from "../engine/research/mod.ts";
import { type Flags as RunFlags, specOf, specOfFile, withCommonOptions } from "./backtest_flags.ts";
import { type GridFlag, gridFlag } from "./grid_flag.ts";
import { parameter, whole } from "./parameters.ts";
import { ProcessQueue } from "./process_queue.ts";
import { findStrategy } from "./registry.ts";

/** Work below which one thread does it sooner: threads cost a tenth of a second. */
const PAYING_TRIAL_ROWS = 2e8;

/** What is said of a sweep. */
export interface SweepFlags extends Omit<RunFlags, "symbol"> {
  symbol?: string;
  grid?: GridFlag;
  objective: string;
  skipRefused?: boolean;
  money?: ColumnMoney;
  certify?: number;
  workers?: number;
  processes?: number;
  resume?: boolean;
}

/** Adds the options that say which grid is traded on what. */
export function withSweepOptions(command: Command): Command {
  command
    .option("--strategy <id>", "as in sma-cross")
    .option("--symbol <symbol>", "market, as in BTC/USDT")
    .option("--timeframe <timeframe>", "as in 1h")
    .option(
      "--grid <name=values...>",
      "values of a parameter: fast=5:50:5 or fast=5,10,20; the last one varies fastest",
      gridFlag,
    )
    .option("--param <name=value...>", "parameter that is the same in all trials", parameter)
    .option(
      "--spec <file>",
      "a run spec that says all but the grid, in place of the options about market, costs and account",
    );
  return withCommonOptions(command)
    .option("--objective <figure>", "what is best: the most of a figure, or with a minus in front the least", "sharpe")
    .option("--skip-refused", "leave points out that the strategy refuses, such as fast above slow")
    .option("--workers <count>", "threads; as many as there are cores where that pays, unless stated", whole)
    .option("--processes <count>", "trade in so many processes of their own, each with the candles of the lake", whole)
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
  const money = flags.money ?? "exact";
  if (money !== "exact" && money !== "unrounded") {
    throw new UsageError(`--money is exact or unrounded, not ${flags.money}`);
  }
  const spec = await sweptSpec(flags, lake, command), strategy = findStrategy(spec.strategy!);
  const plan: SweepPlan = {
    spec: { ...spec, params: {} },
    strategy,
    axes: flags.grid,
    fixed: { ...spec.params, ...flags.param },
    objective: objectiveOf(flags.objective),
    money,
    ...(flags.certify === undefined ? {} : { certify: flags.certify }),
    ...(flags.skipRefused ? { skipRefused: true } : {}),
  };
  const longest = widest(plan.spec, gridPoints(strategy, plan.axes, plan));
  const history = await loadCandles(plan.spec, longest, lake), feeds = await loadFeeds(plan.spec, longest, lake);
  return { plan: { ...plan, feeds }, history };
}

/** The run that is tried with other parameters. */
export async function sweptSpec(
  { spec: path, symbol, param: _, ...flags }: Omit<RunFlags, "symbol"> & { symbol?: string },
  lake: Lake,
  command: string,
): Promise<RunSpec> {
  if (path === undefined) {
    return await specOf({ ...flags, ...(symbol === undefined ? {} : { symbol: [symbol] }) }, lake, command);
  }
  const spec: RunSpec = await specOfFile(path);
  if (spec.strategy !== undefined) return spec;
  throw new InputError("run-spec", `${path} has several strategies, and parameters are tried of one: state "strategy"`);
}

/** A digest over all that decides a sweep. @param more What else decides what is built on it. */
export async function sweepId(plan: SweepPlan, { points, candles }: SweepInput, more: object = {}): Promise<string> {
  const { spec: stated, axes, fixed, money } = plan, codeHash = points[0]!.strategy.hash;
  const data = await runDataOf(stated, candles);
  return identityOf({ stated, axes, fixed, money, codeHash, data, version: ENGINE_VERSION, ...more });
}

/** Who trades so much work elsewhere: as many processes or threads as are wanted, or as pay; undefined where this thread is enough. */
export function queueFor(
  { workers, processes }: Pick<SweepFlags, "workers" | "processes">,
  trialRows: number,
  dataDir: string,
): ChunkQueue | undefined {
  if (processes !== undefined) {
    if (workers !== undefined) throw new UsageError("--workers are threads of one process: state them or --processes");
    return new ProcessQueue(processes, dataDir);
  }
  const usual = trialRows < PAYING_TRIAL_ROWS ? 1 : Math.min(navigator.hardwareConcurrency, MOST_WORKERS);
  const size = workers ?? usual;
  return size === 1 ? undefined : new TrialPool(size);
}
