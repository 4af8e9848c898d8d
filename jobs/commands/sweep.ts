import { Command } from "commander";
import {
  type ColumnMoney,
  ENGINE_VERSION,
  fingerprint,
  loadCandles,
  loadFeeds,
  type RunSpec,
} from "../../engine/backtest/mod.ts";
import { InputError, UsageError } from "../../engine/errors/mod.ts";
import { Lake, StudyFile, studyPath } from "../../engine/lake/mod.ts";
import {
  gridPoints,
  judgeStudy,
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
import { type Flags as RunFlags, specOf as specOfFlags, specOfFile, withCommonOptions } from "../backtest_flags.ts";
import { type GridFlag, gridFlag } from "../grid_flag.ts";
import { interruption } from "../interruption.ts";
import { answer, note } from "../output.ts";
import { parameter, whole } from "../parameters.ts";
import { progress } from "../progress.ts";
import { findStrategy } from "../registry.ts";
import { readSettings } from "../settings.ts";
import { studySummary } from "../study_summary.ts";
import { countedIn, countStudy } from "../trial_counting.ts";

const PAYING_TRIAL_ROWS = 2e8;

interface Flags extends Omit<RunFlags, "symbol"> {
  symbol?: string;
  grid?: GridFlag;
  objective: string;
  certify?: number;
  skipRefused?: boolean;
  money: ColumnMoney;
  resume?: boolean;
  workers?: number;
}

/** `sweep`: backtests a whole grid of parameters, and counts every trial. */
export function sweepCommand(): Command {
  const command = new Command("sweep")
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
    .option(
      "--spec <file>",
      "a run spec that says all but the grid, in place of the options about market, costs and account",
    );
  return withCommonOptions(command)
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
    ...(flags.skipRefused ? { skipRefused: true } : {}),
  };
  const points = gridPoints(strategy, plan.axes, plan), longest = widest(plan.spec, points);
  const history = await loadCandles(plan.spec, longest, lake), feeds = await loadFeeds(plan.spec, longest, lake);
  await lake.close();
  const candles = sweepCandles({ ...plan, feeds }, points, history);
  const data = await Promise.all(candles.used.map((own) => fingerprint(own, spec.timeframe)));
  const { axes, fixed, money } = plan, codeHash = points[0]!.strategy.hash;
  const file = new StudyFile(
    studyPath(dataDir, {
      stated: plan.spec,
      axes,
      fixed,
      money,
      codeHash,
      data,
      version: ENGINE_VERSION,
    }),
  );
  const done = await file.open(flags.resume ?? false), shown = progress("sweep", points.length);
  const rows = candles.used[0]!.length, workers = workersFor(flags.workers, (points.length - done.length) * rows);
  const pool = workers !== 1 ? new TrialPool(workers) : undefined;
  let study: Study;
  try {
    study = await runSweep({ ...plan, feeds }, { points, candles }, {
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
  const input = { points, candles };
  const count = money === "exact" && study.trials.length > 0
    ? await countStudy(await trialsOfStudy(study, input), countedIn(dataDir, ledger))
    : null;
  const judged = judgeStudy(study, input, count);
  if (interruption.aborted) {
    note(`${study.trials.length} of ${study.points} trials are kept: --resume goes on with the rest`);
  }
  const kept = { file: file.path, resumed: done.length, counted: count?.counted ?? null };
  const trials = ranked(judged.trials, judged.objective);
  answer(flags, { ...judged, trials, ...kept }, () => studySummary(judged, kept));
}

/** Threads cost a tenth of a second: below some work one does it sooner. */
function workersFor(stated: number | undefined, trialRows: number): number {
  if (stated === undefined) {
    return trialRows < PAYING_TRIAL_ROWS ? 1 : Math.min(navigator.hardwareConcurrency, MOST_WORKERS);
  }
  return stated;
}

async function specOf({ spec: path, symbol, param: _, ...flags }: Flags, lake: Lake): Promise<RunSpec> {
  if (path === undefined) {
    return await specOfFlags({ ...flags, ...(symbol === undefined ? {} : { symbol: [symbol] }) }, lake, "sweep");
  }
  const spec = await specOfFile(path);
  if (spec.strategy !== undefined) return spec;
  throw new InputError("run-spec", `${path} has several strategies, and a grid belongs to one: state "strategy"`);
}
