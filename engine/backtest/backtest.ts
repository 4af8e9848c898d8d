import { counted } from "../errors/mod.ts";
import { identityOf } from "../identity/mod.ts";
import type { CandleColumns } from "../market/mod.ts";
import { runMetrics } from "../metrics/mod.ts";
import type { OpenTrade, Trade } from "../portfolio/mod.ts";
import { costsOf, type InstrumentFeed } from "../simulator/mod.ts";
import { formatTimestamp, parseTimestamp, type TimestampMs } from "../time/mod.ts";
import { DUST } from "../trader/mod.ts";
import { positionRulesOf, tradedInstrument } from "./account_terms.ts";
import { ambiguousEntryNotes, ambiguousEntryWarnings } from "./ambiguous_entries.ts";
import { ambiguousExits } from "./ambiguous_exits.ts";
import { contradictionsOf } from "./detail_candles.ts";
import { feeBalanceNotes, feeBalanceWarnings } from "./fee_balance_note.ts";
import { positionNotes, positionWarnings } from "./position_notes.ts";
import { listingsOf, marketWarnings } from "./market_life.ts";
import { type Replay, replay, type ReplayObserver, type ReplayProgress } from "./replay.ts";
import { runFill } from "./run_fill.ts";
import { replayedTrades } from "./replayed_trades.ts";
import { runDataOf } from "./run_data.ts";
import type { RunFunctions } from "./run_functions.ts";
import type { RunNotes, RunRecord } from "./run_record.ts";
import type { RunData, RunManifest, RunSpec } from "./run_spec.ts";
import { strategyNote } from "./strategy_note.ts";
import { type BoundStrategies, hashOfStrategies, plannedStrategies, type PlannedStrategy } from "./strategy_plan.ts";
import { pairedCandles, usedCandles } from "./used_candles.ts";
import { traderConfigOf } from "./trader_config.ts";
import { usedFeeds, type VenueFeed } from "./venue_feed.ts";

/** Version of the engine in every manifest: figures of different versions are different runs. */
export const ENGINE_VERSION = "0.1.0";

/**
 * Runs a strategy, or several on one account, over candles and keeps everything that a reader needs to check it.
 *
 * @param candles One per market of the spec and per symbol that a strategy only reads, in any order: they belong
 * together by their instruments. At least as long as {@linkcode candleRange} asks for where the data have it. The finer
 * ones of `detail` stand among them.
 * @param functions Those that the spec names and cannot hold.
 * @param feeds Funding and mark prices of its contracts, in any order, where its account uses them.
 * @throws {InputError} `candles` when a market has none in the range, `rule` or `costs` when the functions are not the
 * spec's.
 */
export async function runBacktest(
  spec: RunSpec,
  strategies: BoundStrategies,
  candles: readonly CandleColumns[],
  progress?: ReplayProgress,
  functions: RunFunctions = {},
  feeds: readonly VenueFeed[] = [],
): Promise<RunRecord> {
  const { used, tradeFromMs } = usedCandles(spec, strategies, candles);
  const planned = plannedStrategies(spec, strategies);
  const cutFeeds = usedFeeds(spec, used, feeds), data = await runDataOf(spec, { used, feeds });
  const manifest = runManifest(spec, strategies, data, tradeFromMs);
  const result = replayOf(spec, strategies, used, tradeFromMs, progress, undefined, functions, cutFeeds);
  const { trades, openTrades } = replayedTrades(result, used);
  const notes = notesOf(spec, planned, used, result, trades, openTrades);
  const { equity, holdings } = result;
  const startingCash = notes.startingEquityQuote ?? spec.account.cashQuote;
  const metrics = runMetrics({ trades, openTrades, equity, startingCash });
  const fills = result.fills.map(({ fill, basis }) => runFill(fill, basis));
  return { manifest, trades, fills, equity, holdings, metrics, notes };
}

/** The manifest that a run of a spec has on these candles: what it is before it has been run. */
export function runManifest(
  spec: RunSpec,
  strategies: BoundStrategies,
  data: readonly RunData[],
  tradedFromMs: TimestampMs,
): RunManifest {
  const strategyHash = hashOfStrategies(spec, strategies);
  const facts = { engineVersion: ENGINE_VERSION, strategyHash, data, tradedFromMs };
  const stated = statedStrategies(spec, plannedStrategies(spec, strategies));
  return { ...stated, run: { hash: identityOf({ ...stated, run: facts }), ...facts } };
}

/** The replay behind {@linkcode runBacktest}, without fingerprints and metrics: what the event path itself costs. */
export function replayOf(
  spec: RunSpec,
  strategies: BoundStrategies,
  candles: readonly CandleColumns[],
  tradeFromMs: TimestampMs,
  progress?: ReplayProgress,
  observer?: ReplayObserver,
  functions: RunFunctions = {},
  feeds?: readonly InstrumentFeed[],
): Replay {
  const planned = plannedStrategies(spec, strategies);
  const columns = pairedCandles(spec, planned, candles);
  const instruments = columns.filter((own) => own.timeframe === spec.timeframe).map((own, i) => {
    const options = spec.markets[i];
    return options ? tradedInstrument(options, spec) : own.instrument;
  });
  const positions = positionRulesOf(spec), costs = costsOf(spec.costs, functions), known = listingsOf(spec);
  const listings = known === undefined ? {} : { listings: instruments.map((_, i) => known[i] ?? null) };
  const config = traderConfigOf(spec, strategies, { session: "bt", instruments, ...listings, tradeFromMs, functions });
  return replay(
    config,
    {
      instruments,
      ...listings,
      cash: config.cash,
      leverage: config.leverage,
      rules: spec.fillRules,
      costs,
      seed: spec.seed,
      ...(positions === undefined ? {} : { positions }),
      ...(feeds === undefined ? {} : { feeds }),
    },
    columns,
    progress,
    observer,
  );
}

/** The spec as it was run: the parameters that its strategies were given by default spelled out. */
function statedStrategies(spec: RunSpec, planned: readonly PlannedStrategy[]): RunSpec {
  if (spec.strategies === undefined) {
    const { id, params } = planned[0]!.strategy;
    return { ...spec, strategy: id, params };
  }
  return {
    ...spec,
    strategies: spec.strategies.map((own, i) => ({ ...own, params: planned[i]!.strategy.params })),
  };
}

function notesOf(
  spec: RunSpec,
  planned: readonly PlannedStrategy[],
  candles: readonly CandleColumns[],
  { trader, simulator }: Replay,
  trades: readonly Trade[],
  openTrades: readonly OpenTrade[],
): RunNotes {
  const { config, state } = trader;
  const ofPositions = positionNotes(config, simulator);
  const ofEntries = ambiguousEntryNotes(simulator.ambiguousEntries, config);
  return {
    funnel: state.funnel,
    ambiguousFills: simulator.ambiguous.length,
    ambiguousExits: ambiguousExits(simulator.ambiguous, config, candles, trades),
    ...ofEntries,
    cutEntries: simulator.cutEntries,
    openTrades,
    ...feeBalanceNotes(config, simulator.account),
    ...ofPositions,
    ...(spec.strategies === undefined
      ? {}
      : { strategies: planned.map(({ id, strategy }) => strategyNote(id, strategy.id, trades, openTrades)) }),
    warnings: [
      ...warningsOf(
        spec,
        candles,
        [...new Set(openTrades.filter(({ entryReason }) => entryReason !== DUST).map((own) => own.instrument))],
        simulator.ambiguous.length,
        simulator.cutEntries,
      ),
      ...ambiguousEntryWarnings(ofEntries, spec.fillRules),
      ...feeBalanceWarnings(config, simulator.account),
      ...positionWarnings(ofPositions),
      ...marketWarnings(spec, candles),
      ...dustWarnings(openTrades),
    ],
  };
}

function dustWarnings(openTrades: readonly OpenTrade[]): string[] {
  return openTrades.filter(({ entryReason }) => entryReason === DUST).map(({ instrument, quantity, markPrice }) =>
    `${quantity} of ${instrument}, worth ${
      (quantity * markPrice).toFixed(2)
    }, lies in the account: fees left over less ` +
    "than a lot after each exit, which cannot be sold. It is in the equity, and in no trade."
  );
}

function warningsOf(
  spec: RunSpec,
  candles: readonly CandleColumns[],
  open: readonly string[],
  ambiguous: number,
  cut: number,
): string[] {
  const warnings: string[] = [];
  const from = spec.from === null ? null : parseTimestamp(spec.from);
  for (const own of candles) {
    if (own.timeframe !== spec.timeframe) {
      const contradictions = contradictionsOf(candles.find(({ instrument: { id } }) => id === own.instrument.id)!, own);
      if (contradictions > 0) {
        warnings.push(
          `${counted(contradictions, "candle")} of ${own.instrument.id} ${
            contradictions === 1 ? "differs" : "differ"
          } from the ${own.timeframe} ones in them.`,
        );
      }
      continue;
    }
    const first = own.openTimeMs[0] as TimestampMs;
    if (from !== null && first > from) {
      warnings.push(
        `The candles of ${own.instrument.id} begin on ${formatTimestamp(first)}, after the start that was asked for.`,
      );
    }
  }
  const { slippage } = spec.costs;
  if (slippage.kind === "none" || slippage.kind === "fixed" && slippage.bps === 0) {
    warnings.push("No slippage was assumed: every market order filled at the price of the candle.");
  }
  if (spec.fillRules.marketPrice !== "next-open") {
    warnings.push("Market orders filled at the close on which they were decided, which live trading cannot do.");
  }
  if (spec.fillRules.sizeAt === "fill") {
    warnings.push("Sizes were computed when orders filled, not when they were decided.");
  }
  if (ambiguous > 0) {
    const taken = spec.fillRules.path === undefined ? "the stop was taken" : "the assumed path of the price decided";
    warnings.push(`In ${counted(ambiguous, "candle")} both stop and target were touched; ${taken}.`);
  }
  if (cut > 0) {
    warnings.push(
      `${counted(cut, "entry was", "entries were")} cut because the price moved beyond the cash before they filled.`,
    );
  }
  for (const id of open) {
    warnings.push(`A position in ${id} was open at the end: it is in the equity, not in the trades.`);
  }
  return warnings;
}
