// The options of `search`, `sweep` and of what is built on them that say which run is tried, and how its trials are traded.
import type { Command } from "commander";
import type { ColumnMoney, RunSpec } from "../engine/backtest/mod.ts";
import { InputError, UsageError } from "../engine/errors/mod.ts";
import type { Lake } from "../engine/lake/mod.ts";
import { type ChunkQueue, MOST_WORKERS, TrialPool } from "../engine/research/mod.ts";
import { besideSpec, type Flags as RunFlags, specOf, specOfFile, withCommonOptions } from "./backtest_flags.ts";
import { parameter, whole } from "./parameters.ts";
import { ProcessQueue } from "./process_queue.ts";
import { workersQueue } from "./workers_queue.ts";

/** Work below which one thread does it sooner: threads cost a tenth of a second. */
const PAYING_TRIAL_ROWS = 2e8;

/** What a spec says, and options beside it may not. */
const SAID_BY_SPEC = [
  "strategy",
  "symbol",
  "timeframe",
  "exchange",
  "from",
  "to",
  "cashQuote",
  "makerBps",
  "takerBps",
  "slippageBps",
  "kind",
  "leverage",
] as const;

/** What is said of a study. */
export interface StudyFlags extends Omit<RunFlags, "symbol"> {
  symbol?: string;
  money?: ColumnMoney;
  certify?: number;
  workers?: number;
  processes?: number;
  queue?: boolean;
  resume?: boolean;
}

/**
 * Adds the options that say which run is tried, and where its trials are traded.
 *
 * @param varied What a spec does not say, as in `the grid`, and the option that does.
 */
export function withStudyOptions(command: Command, varied: string, option: (command: Command) => Command): Command {
  command
    .option("--strategy <id>", "as in sma-cross")
    .option("--symbol <symbol>", "market, as in BTC/USDT")
    .option("--timeframe <timeframe>", "as in 1h");
  option(command)
    .option("--param <name=value...>", "parameter that is the same in all trials", parameter)
    .option(
      "--spec <file>",
      `a run spec that says all but ${varied}, in place of the options about market, costs and account`,
    );
  return withCommonOptions(command)
    .option("--workers <count>", "threads; as many as there are cores where that pays, unless stated", whole)
    .option("--processes <count>", "trade in so many processes of their own, each with the candles of the lake", whole)
    .option("--queue", "trade in the workers that run (deno task worker), on this host and others");
}

/** Adds the options that say how trials are kept in money, and how many are held to the event path. */
export function withTrialOptions(command: Command): Command {
  return command
    .option("--certify <count>", "run so many of the best again candle by candle, and say what differs", whole)
    .option(
      "--money <how>",
      "exact, or unrounded: float64 without ticks, lots and digits of fees",
      "exact",
    );
}

/** The money that is said. @throws {UsageError} of a word that is none. */
export function moneyOf({ money = "exact" }: Pick<StudyFlags, "money">): ColumnMoney {
  if (money === "exact" || money === "unrounded") return money;
  throw new UsageError(`--money is exact or unrounded, not ${money}`);
}

/** The run that is tried with other parameters. */
export async function sweptSpec(
  { spec: path, symbol, param: _, ...flags }: StudyFlags,
  lake: Lake,
  command: string,
): Promise<RunSpec> {
  if (path === undefined) {
    return await specOf({ ...flags, ...(symbol === undefined ? {} : { symbol: [symbol] }) }, lake, command);
  }
  const beside = SAID_BY_SPEC.filter((name) => ({ ...flags, symbol })[name] !== undefined);
  if (beside.length > 0) throw besideSpec(`all but what ${command} tries`, beside);
  const spec: RunSpec = await specOfFile(path);
  if (spec.strategy !== undefined) return spec;
  throw new InputError("run-spec", `${path} has several strategies, and parameters are tried of one: state "strategy"`);
}

/** Who trades so much work elsewhere: as many processes or threads as are wanted, or as pay; undefined where this thread is enough. */
export function queueFor(
  { workers, processes, queue }: Pick<StudyFlags, "workers" | "processes" | "queue">,
  trialRows: number,
  dataDir: string,
): ChunkQueue | undefined {
  if (queue) {
    if ((workers ?? processes) === undefined) return workersQueue();
    throw new UsageError("--queue trades in the workers that run: state it, or --workers or --processes");
  }
  if (processes !== undefined) {
    if (workers !== undefined) throw new UsageError("--workers are threads of one process: state them or --processes");
    return new ProcessQueue(processes, dataDir);
  }
  const usual = trialRows < PAYING_TRIAL_ROWS ? 1 : Math.min(navigator.hardwareConcurrency, MOST_WORKERS);
  const size = workers ?? usual;
  return size === 1 ? undefined : new TrialPool(size);
}
