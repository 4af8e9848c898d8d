import { InputError } from "../errors/mod.ts";
import { identityOf } from "../identity/mod.ts";
import { type CandleColumns, candlesBetween } from "../market/mod.ts";
import { runMetrics } from "../metrics/mod.ts";
import { notionalFromNumber } from "../money/mod.ts";
import { type OpenTrade, openTradeOf, type Trade, tradeOf } from "../portfolio/mod.ts";
import { correlationCandles, customRules, limitRules, preTradeRules, sizingSeries } from "../risk/mod.ts";
import { compileStream, type Series } from "../series/mod.ts";
import { type Costs, costsOf, type InstrumentFeed } from "../simulator/mod.ts";
import { type BoundStrategy, scheduleSeries } from "../strategies/mod.ts";
import { barClose, formatTimestamp, parseTimestamp, shiftBars, timeframe, type TimestampMs } from "../time/mod.ts";
import { DEFAULT_TIMING, type TraderConfig } from "../trader/mod.ts";
import { positionRulesOf, tradedInstrument } from "./account_terms.ts";
import { ambiguousExits } from "./ambiguous_exits.ts";
import { contradictionsOf } from "./detail_candles.ts";
import { fingerprint } from "./fingerprint.ts";
import { feeBalanceNotes, feeBalanceWarnings } from "./fee_balance_note.ts";
import { positionNotes, positionWarnings } from "./position_notes.ts";
import { type Replay, replay, type ReplayObserver, type ReplayProgress } from "./replay.ts";
import { runFill } from "./run_fill.ts";
import type { RunFunctions } from "./run_functions.ts";
import type { RunNotes, RunRecord } from "./run_record.ts";
import type { RunManifest, RunSpec } from "./run_spec.ts";
import { feedFingerprint, usedFeeds, type VenueFeed } from "./venue_feed.ts";

/** Version of the engine in every manifest: figures of different versions are different runs. */
export const ENGINE_VERSION = "0.1.0";

/**
 * Look-back loaded before `from`, in multiples of the warm-up: recursive averages need the rest to forget where they
 * began (after ten times its length an average of Wilder's keeps 0.01 % of its first value).
 */
const SETTLING_FACTOR = 10;

/** All that a run evaluates of a market: what the strategy reads, then what its hours and the sizing do. */
export function seriesOf(spec: RunSpec, { series, schedule }: BoundStrategy): Series[] {
  const hours = schedule === undefined ? [] : Object.values(scheduleSeries(schedule));
  return [...series, ...hours, ...sizingSeries(spec.sizing, timeframe(spec.timeframe))];
}

/** Candles that a run wants before its `from`, so that its series are known and settled there. */
export function lookBackCandles(spec: RunSpec, strategy: BoundStrategy): number {
  const { warmUp } = compileStream(seriesOf(spec, strategy), timeframe(spec.timeframe), spec.markets[0]!.symbol);
  // A correlation needs one candle more than it has returns.
  const returns = correlationCandles(spec.limits);
  return Math.max(warmUp * SETTLING_FACTOR, returns > 0 ? returns + 1 : 0);
}

/** Open times of the candles to load for a run: look-back included, null where the data decide. */
export function candleRange(
  spec: RunSpec,
  strategy: BoundStrategy,
): { from: TimestampMs | null; to: TimestampMs | null } {
  const to = spec.to === null ? null : parseTimestamp(spec.to);
  if (spec.from === null) return { from: null, to };
  const back = lookBackCandles(spec, strategy);
  return { from: shiftBars(timeframe(spec.timeframe), parseTimestamp(spec.from), -back), to };
}

/** The candles that a run uses of those given, and the first moment at which it may decide. */
export function usedCandles(
  spec: RunSpec,
  strategy: BoundStrategy,
  candles: readonly CandleColumns[],
): { used: CandleColumns[]; tradeFromMs: TimestampMs } {
  const own = candles.filter(({ timeframe }) => timeframe === spec.timeframe);
  const cut = cutToRange(spec, strategy, own);
  const tradeFromMs = spec.from === null
    ? Math.min(...cut.map((own) => own.openTimeMs[0]!)) as TimestampMs
    : parseTimestamp(spec.from);
  return { used: [...cut, ...detailOf(spec, cut, candles)], tradeFromMs };
}

/** The finer candles within the traded ones. @throws {InputError} `detail` when a market has none. */
function detailOf(spec: RunSpec, cut: readonly CandleColumns[], given: readonly CandleColumns[]): CandleColumns[] {
  if (spec.detail === undefined) return [];
  return spec.markets.map((_, i) => {
    const { instrument: { id }, openTimeMs, length, timeframe } = cut[i]!;
    const finer = given.find((own) => own.timeframe === spec.detail && own.instrument.id === id);
    if (finer !== undefined) {
      const endMs = barClose(timeframe, openTimeMs[length - 1] as TimestampMs);
      return candlesBetween(finer, openTimeMs[0] as TimestampMs, endMs);
    }
    throw new InputError("detail", `there are no ${spec.detail} candles of ${id}: import them, or run without detail`);
  });
}

/**
 * Runs a strategy over candles and keeps everything that a reader needs to check it.
 *
 * @param candles One per market of the spec, in that order, at least as long as {@linkcode candleRange} asks for where
 * the data have it; after them candles of other symbols that the strategy only reads, and the finer ones of `detail`.
 * @param functions Those that the spec names and cannot hold.
 * @param feeds Funding and mark prices per market of the spec, in that order, where its account uses them.
 * @throws {InputError} `candles` when a market has none in the range, `rule` or `costs` when the functions are not the
 * spec's.
 */
export async function runBacktest(
  spec: RunSpec,
  strategy: BoundStrategy,
  candles: readonly CandleColumns[],
  progress?: ReplayProgress,
  functions: RunFunctions = {},
  feeds: readonly VenueFeed[] = [],
): Promise<RunRecord> {
  const { used, tradeFromMs } = usedCandles(spec, strategy, candles);
  const cutFeeds = usedFeeds(spec, used, feeds);
  const data = await Promise.all(used.map(async (own, i) => ({
    ...await fingerprint(own, spec.timeframe),
    ...(cutFeeds?.[i] === undefined ? {} : await feedFingerprint(cutFeeds[i])),
  })));
  const facts = { engineVersion: ENGINE_VERSION, strategyHash: strategy.hash, data, tradedFromMs: tradeFromMs };
  const stated = { ...spec, strategy: strategy.id, params: strategy.params };
  const manifest: RunManifest = { ...stated, run: { hash: identityOf({ ...stated, run: facts }), ...facts } };
  const result = replayOf(spec, strategy, used, tradeFromMs, progress, undefined, functions, cutFeeds);
  const trades = result.closed.map(({ book, lot }) => {
    const { config } = result.trader, { instrument } = config.books[book]!;
    return tradeOf(lot, config.instruments[instrument]!, strategy.id, used[instrument]!);
  });
  const notes = notesOf(spec, strategy, used, result, trades);
  const { equity, holdings } = result;
  const startingCash = notes.startingEquityQuote ?? spec.account.cashQuote;
  const metrics = runMetrics({ trades, openTrades: notes.openTrades, equity, startingCash });
  const fills = result.fills.map(({ fill, basis }) => runFill(fill, basis));
  return { manifest, trades, fills, equity, holdings, metrics, notes };
}

/** The replay behind {@linkcode runBacktest}, without fingerprints and metrics: what the event path itself costs. */
export function replayOf(
  spec: RunSpec,
  strategy: BoundStrategy,
  candles: readonly CandleColumns[],
  tradeFromMs: TimestampMs,
  progress?: ReplayProgress,
  observer?: ReplayObserver,
  functions: RunFunctions = {},
  feeds?: readonly InstrumentFeed[],
): Replay {
  const instruments = candles.filter((own) => own.timeframe === spec.timeframe).map((own, i) => {
    const options = spec.markets[i];
    return options ? tradedInstrument(options, spec) : own.instrument;
  });
  const positions = positionRulesOf(spec);
  const sides = positions?.positionMode === "hedge" ? ["long", "short"] as const : [undefined];
  const cash = notionalFromNumber(spec.account.cashQuote);
  const costs = costsOf(spec.costs, functions);
  const { leverage } = spec.account;
  // On posted margin a fee takes as much of the funds as margin for that much more.
  const reserveFraction = costs.reserveFraction * (positions?.marginMode === undefined ? 1 : leverage);
  return replay(
    {
      session: "bt",
      instruments,
      timeframe: timeframe(spec.timeframe),
      books: spec.markets.flatMap((_, i) =>
        sides.map((side) => side === undefined ? { strategy, instrument: i } : { strategy, instrument: i, side })
      ),
      cash,
      ...feeBalanceOf(costs),
      leverage,
      sizing: spec.sizing,
      sizeAt: spec.fillRules.sizeAt,
      ...(spec.fillRules.trailing === undefined ? {} : { trailing: "venue" as const }),
      reserveFraction,
      rules: [
        ...preTradeRules(spec.limits, reserveFraction),
        ...limitRules(spec.limits),
        ...customRules(spec.rules ?? [], functions.rules ?? []),
      ],
      correlationCandles: correlationCandles(spec.limits),
      tradeFromMs,
      timing: DEFAULT_TIMING,
    },
    {
      instruments,
      cash,
      leverage,
      rules: spec.fillRules,
      costs,
      seed: spec.seed,
      ...(positions === undefined ? {} : { positions }),
      ...(feeds === undefined ? {} : { feeds }),
    },
    candles,
    progress,
    observer,
  );
}

function feeBalanceOf({ payFeesIn }: Costs): Pick<TraderConfig, "feeBalance"> {
  if (payFeesIn === null) return {};
  const { asset, balance, prices } = payFeesIn;
  return { feeBalance: { asset, amount: balance, prices } };
}

/** Candles of a run's markets within {@linkcode candleRange}. @throws {InputError} `candles` when a market has none. */
function cutToRange(spec: RunSpec, strategy: BoundStrategy, candles: readonly CandleColumns[]): CandleColumns[] {
  const { from, to } = candleRange(spec, strategy);
  return candles.map((own) => {
    const cut = candlesBetween(own, (from ?? -Infinity) as TimestampMs, (to ?? Infinity) as TimestampMs);
    const last = cut.length === 0 ? -Infinity : cut.openTimeMs[cut.length - 1]!;
    if (cut.length === 0 || (spec.from !== null && last < parseTimestamp(spec.from))) {
      const there = own.length === 0
        ? "there are none at all"
        : `they reach from ${formatTimestamp(own.openTimeMs[0] as TimestampMs)} to ${
          formatTimestamp(own.openTimeMs[own.length - 1] as TimestampMs)
        }`;
      throw new InputError(
        "candles",
        `no ${own.timeframe} candles of ${own.instrument.id} between ${spec.from ?? "their start"} and ${
          spec.to ?? "their end"
        }: ${there}`,
      );
    }
    return cut;
  });
}

function notesOf(
  spec: RunSpec,
  strategy: BoundStrategy,
  candles: readonly CandleColumns[],
  { trader, simulator }: Replay,
  trades: readonly Trade[],
): RunNotes {
  const { config, state } = trader;
  const openTrades: OpenTrade[] = state.books.flatMap(({ lots }, book) => {
    const { instrument } = config.books[book]!;
    const market = config.instruments[instrument]!;
    return lots.map((lot) => openTradeOf(lot, market, strategy.id, state.marks[instrument]!));
  });
  const ofPositions = positionNotes(config, simulator);
  return {
    funnel: state.funnel,
    ambiguousFills: simulator.ambiguous.length,
    ambiguousExits: ambiguousExits(simulator.ambiguous, config, candles, trades),
    cutEntries: simulator.cutEntries,
    openTrades,
    ...feeBalanceNotes(config, simulator.account),
    ...ofPositions,
    warnings: [
      ...warningsOf(
        spec,
        candles,
        [...new Set(openTrades.map((own) => own.instrument))],
        simulator.ambiguous.length,
        simulator.cutEntries,
      ),
      ...feeBalanceWarnings(config, simulator.account),
      ...positionWarnings(ofPositions),
    ],
  };
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
          `${contradictions} candles of ${own.instrument.id} differ from the ${own.timeframe} ones in them.`,
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
    warnings.push(`In ${ambiguous} candles both stop and target were touched; ${taken}.`);
  }
  if (cut > 0) warnings.push(`${cut} entries were cut because the price moved beyond the cash before they filled.`);
  for (const id of open) {
    warnings.push(`A position in ${id} was open at the end: it is in the equity, not in the trades.`);
  }
  return warnings;
}
