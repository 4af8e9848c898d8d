import { Command } from "commander";
import {
  bindStrategies,
  explainRun,
  explanationText,
  loadCandles,
  loadFeeds,
  runFromSource,
  type RunRecord,
  withListings,
} from "../../engine/backtest/mod.ts";
import { Lake, readRun, writeRun } from "../../engine/lake/mod.ts";
import { runContributions } from "../../engine/metrics/mod.ts";
import { compareTrades } from "../../engine/portfolio/mod.ts";
import { parseTimestamp, timeframe } from "../../engine/time/mod.ts";
import { type Flags, readSpec, specOf, withRunOptions } from "../backtest_flags.ts";
import { differencesText } from "../differences_text.ts";
import { interruption } from "../interruption.ts";
import { lakePlace } from "../lake_place.ts";
import { answer } from "../output.ts";
import { lateProgress } from "../progress.ts";
import { findStrategy } from "../registry.ts";
import { runSummary } from "../run_summary.ts";
import { readSettings } from "../settings.ts";
import { trialText } from "../ledger_text.ts";
import { countedIn, judgedTrial } from "../trial_counting.ts";

/** `backtest`: runs a strategy over candles of the lake and keeps the run. */
export function backtestCommand(): Command {
  const command = new Command("backtest")
    .description("Run a strategy over candles of the lake, and keep the run in data/runs.");
  return withRunOptions(command)
    .option("--listings", "take from the lake when its markets were listed and delisted")
    .option("--against <run>", "list the trades that differ from those of a kept run, named by its hash or part of it")
    .option("--explain <time>", "take the run apart at a moment, as in 2024-08-05T06:00")
    .option("--equity", "print the equity at each close, too")
    .action(run);
}

async function run(flags: Flags): Promise<void> {
  const { dataDir, ledger } = readSettings().values;
  const lake = new Lake(lakePlace(dataDir));
  const stated = flags.spec === undefined ? await specOf(flags, lake) : await readSpec(flags.spec, flags);
  const spec = flags.listings ? withListings(stated, await lake.listings()) : stated;
  const strategies = bindStrategies(spec, findStrategy);
  const other = flags.against === undefined ? undefined : await readRun(dataDir, flags.against);
  const explanation = flags.explain === undefined ? undefined : explainRun(
    spec,
    strategies,
    await loadCandles(spec, strategies, lake),
    parseTimestamp(flags.explain),
    {},
    await loadFeeds(spec, strategies, lake),
  );
  const shown = lateProgress("backtest");
  const record = await runFromSource(spec, strategies, lake, (done, total) => {
    shown.advance(done, total);
    return !interruption.aborted;
  });
  shown.end();
  await lake.close();
  interruption.throwIfAborted();
  const counting = countedIn(dataDir, ledger), folder = await writeRun(dataDir, record, counting);
  const trial = await judgedTrial(record, counting);
  const differences = other && compareTrades(other.trades, record.trades, timeframe(spec.timeframe));
  const document = {
    ...documentOf(record, flags.equity ?? false),
    ...(trial ? { trial } : {}),
    ...(explanation ? { explanation } : {}),
    ...(differences ? { differences } : {}),
  };
  answer(flags, document, () =>
    [
      ...(explanation ? [explanationText(explanation)] : []),
      runSummary(record),
      ...(trial ? [trialText(trial)] : []),
      ...(other && differences ? [differencesText(other, record, differences)] : []),
      `kept in ${folder}`,
    ].join("\n\n"));
}

function documentOf(record: RunRecord, withEquity: boolean) {
  const { manifest, trades, metrics, notes, equity } = record;
  const { run, ...spec } = manifest;
  return {
    hash: run.hash,
    spec,
    data: run.data,
    trades: trades.map((trade) => ({ ...trade, reason: trade.exitReason })),
    metrics,
    contributions: runContributions(record),
    notes,
    ...(withEquity ? { equity: Array.from(equity.equity), closeTimeMs: Array.from(equity.closeTimeMs) } : {}),
  };
}
