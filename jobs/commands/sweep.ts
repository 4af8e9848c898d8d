import { Command, InvalidArgumentError } from "commander";
import {
  type ColumnMoney,
  ENGINE_VERSION,
  fingerprint,
  loadCandles,
  loadFeeds,
  parseRunSpec,
  type RunSpec,
} from "../../engine/backtest/mod.ts";
import { InputError, UsageError } from "../../engine/errors/mod.ts";
import { appendTrials, Lake, StudyFile, studyPath } from "../../engine/lake/mod.ts";
import {
  gridPoints,
  MOST_WORKERS,
  objectiveOf,
  ranked,
  runSweep,
  type Study,
  sweepCandles,
  type SweepPlan,
  TrialPool,
  trialsOfStudy,
  widest,
} from "../../engine/research/mod.ts";
import { type GridFlag, gridFlag } from "../grid_flag.ts";
import { interruption } from "../interruption.ts";
import { answer, note } from "../output.ts";
import { parameter, type Parameters } from "../parameters.ts";
import { progress } from "../progress.ts";
import { findStrategy } from "../registry.ts";
import { readSettings } from "../settings.ts";
import { studySummary } from "../study_summary.ts";
import { countedIn } from "../trial_counting.ts";

const PAYING_TRIAL_ROWS = 2e8;

interface Flags {
  json?: boolean;
  strategy?: string;
  symbol?: string;
  timeframe?: string;
  exchange?: string;
  from?: string;
  to?: string;
  grid?: GridFlag;
  param?: Parameters;
  spec?: string;
  kind?: string;
  leverage?: number;
  cashQuote?: number;
  makerBps?: number;
  takerBps?: number;
  slippageBps?: number;
  objective: string;
  certify?: number;
  skipRefused?: boolean;
  money: ColumnMoney;
  perBar?: boolean;
  resume?: boolean;
  workers?: number;
}

/** `sweep`: backtests a whole grid of parameters, and counts every trial. */
export function sweepCommand(): Command {
  return new Command("sweep")
    .description("Backtest every combination of some values of a strategy's parameters over candles of the lake.")
    .option("--strategy <id>", "as in sma-cross")
    .option("--symbol <symbol>", "market, as in BTC/USDT")
    .option("--timeframe <timeframe>", "as in 1h")
    .option(
      "--grid <name=values...>",
      "values of a parameter: fast=5:50:5 or fast=5,10,20; the last one varies fastest",
      gridFlag,
    )
    .option("--param <name=value...>", "parameter that is the same in all trials", parameter)
    .option("--exchange <name>", "needed where several have the market")
    .option("--from <time>", "first open time on which it may decide")
    .option("--to <time>", "time at which to end, not included")
    .option(
      "--spec <file>",
      "a run spec that says all but the grid, in place of the options about market, costs and account",
    )
    .option("--kind <kind>", "what is traded: spot, linear or inverse contracts; spot unless stated")
    .option("--leverage <factor>", "size of contracts that the equity may hold, as a multiple of it", number)
    .option("--cash-quote <amount>", "cash at the start", number)
    .option("--maker-bps <bps>", "fee of orders that waited, basis points", number)
    .option("--taker-bps <bps>", "fee of orders that took, basis points", number)
    .option("--slippage-bps <bps>", "how much worse than the candle a market or stop order fills", number)
    .option("--objective <figure>", "what is best: the most of a figure, or with a minus in front the least", "sharpe")
    .option("--certify <count>", "run so many of the best again candle by candle, and say what differs", whole)
    .option("--skip-refused", "leave points out that the strategy refuses, such as fast above slow")
    .option(
      "--money <how>",
      "exact, or unrounded: float64 without ticks, lots and digits of fees, not counted",
      "exact",
    )
    .option("--workers <count>", "threads; as many as there are cores where that pays, unless stated", whole)
    .option("--resume", "go on where the same sweep was interrupted")
    .action(run);
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new InvalidArgumentError(`"${text}" is not a number.`);
  return value;
}

function whole(text: string): number {
  const value = number(text);
  if (Number.isInteger(value) && value >= 0) return value;
  throw new InvalidArgumentError(`"${text}" is not a whole number from 0 up.`);
}

async function run(flags: Flags): Promise<void> {
  if (flags.grid === undefined) {
    throw new UsageError("sweep needs --grid, as in --grid fast=5:50:5 --grid slow=60:200:10");
  }
  if (flags.money !== "exact" && flags.money !== "unrounded") {
    throw new UsageError(`--money is exact or unrounded, not ${flags.money}`);
  }
  const { dataDir, ledger } = readSettings().values;
  const lake = new Lake(dataDir), spec = await specOf(flags, lake), strategy = findStrategy(spec.strategy!);
  const plan: SweepPlan = {
    spec: { ...spec, params: {} },
    strategy,
    axes: flags.grid,
    fixed: { ...spec.params, ...flags.param },
    objective: objectiveOf(flags.objective),
    money: flags.money,
    ...(flags.certify === undefined ? {} : { certify: flags.certify }),
    ...(flags.perBar ? { perBar: true } : {}),
    ...(flags.skipRefused ? { skipRefused: true } : {}),
  };
  const points = gridPoints(strategy, plan.axes, plan), longest = widest(plan.spec, points);
  const history = await loadCandles(plan.spec, longest, lake), feeds = await loadFeeds(plan.spec, longest, lake);
  await lake.close();
  const candles = sweepCandles({ ...plan, feeds }, points, history);
  const data = await Promise.all(candles.used.map((own) => fingerprint(own, spec.timeframe)));
  const { spec: stated, axes, fixed, money, perBar = false } = plan, codeHash = points[0]!.strategy.hash;
  const file = new StudyFile(
    studyPath(dataDir, { stated, axes, fixed, money, perBar, codeHash, data, version: ENGINE_VERSION }),
  );
  const done = await file.open(flags.resume ?? false), shown = progress("sweep", points.length);
  const rows = candles.used[0]!.length, workers = workersFor(flags.workers, (points.length - done.length) * rows);
  const pool = workers !== 1 ? new TrialPool(workers) : undefined;
  let study: Study;
  try {
    study = await runSweep({ ...plan, feeds }, history, {
      done,
      ...(pool === undefined ? {} : { pool }),
      onTrials: (trials) => file.append(trials),
      progress(count) {
        shown.advance(count);
        return !interruption.aborted;
      },
    });
  } finally {
    pool?.close();
    file.close();
    shown.end();
  }
  const counted = money === "exact"
    ? await appendTrials(countedIn(dataDir, ledger).ledger, await trialsOfStudy(study, strategy, candles))
    : null;
  if (interruption.aborted) {
    note(`${study.trials.length} of ${study.points} trials are kept: --resume goes on with the rest`);
  }
  const kept = { file: file.path, resumed: done.length, counted };
  answer(flags, { ...study, trials: ranked(study.trials, study.objective), ...kept }, () => studySummary(study, kept));
}

/** Threads cost a tenth of a second: below some work one does it sooner. */
function workersFor(stated: number | undefined, trialRows: number): number {
  if (stated === undefined) {
    return trialRows < PAYING_TRIAL_ROWS ? 1 : Math.min(navigator.hardwareConcurrency, MOST_WORKERS);
  }
  return stated;
}

async function specOf(flags: Flags, lake: Lake): Promise<RunSpec> {
  if (flags.spec !== undefined) return await readSpec(flags.spec);
  const missing = (["strategy", "symbol", "timeframe"] as const).filter((name) => flags[name] === undefined);
  if (missing.length > 0) {
    throw new UsageError(`sweep needs ${missing.map((name) => `--${name}`).join(" and ")}, or --spec FILE`);
  }
  const { cashQuote, makerBps, takerBps, slippageBps, exchange } = readSettings({
    cashQuote: flags.cashQuote,
    makerBps: flags.makerBps,
    takerBps: flags.takerBps,
    slippageBps: flags.slippageBps,
  }).values;
  const symbol = flags.symbol!, timeframe = flags.timeframe!;
  findStrategy(flags.strategy!);
  return parseRunSpec({
    strategy: flags.strategy!,
    params: {},
    markets: [{
      exchange: flags.exchange ?? exchange ?? await lake.exchangeOf(symbol, timeframe),
      symbol,
      ...(flags.kind === undefined ? {} : { kind: flags.kind }),
    }],
    timeframe,
    from: flags.from ?? null,
    to: flags.to ?? null,
    account: { cashQuote, ...(flags.leverage === undefined ? {} : { leverage: flags.leverage }) },
    costs: { makerBps, takerBps, slippageBps },
  });
}

async function readSpec(path: string): Promise<RunSpec> {
  let content: unknown;
  try {
    content = JSON.parse(await Deno.readTextFile(path));
  } catch (cause) {
    throw new InputError("run-spec", `${path} cannot be read as JSON: ${(cause as Error).message}`, { cause });
  }
  const spec = parseRunSpec(content);
  if (spec.strategy !== undefined) return spec;
  throw new InputError("run-spec", `${path} has several strategies, and a grid belongs to one: state "strategy"`);
}
