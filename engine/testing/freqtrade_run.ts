// Test support only: a case of the reference tool as a strategy of ours, and what a run of it leaves.
import { parseRunSpec, runBacktest } from "../backtest/mod.ts";
import { candleColumns, instrument } from "../market/mod.ts";
import {
  BaseStrategy,
  type DecisionContext,
  defineStrategy,
  type EntryOptions,
  limitAt,
  percent,
  type Protection,
  roi,
  trailingPercent,
} from "../strategies/mod.ts";
import { timeframe, timestampMs } from "../time/mod.ts";
import { type CaseConfig, type CaseTrade, type FreqtradeCase, signalledSide } from "./freqtrade_case.ts";

const HOUR_MS = 3_600_000;
const market = { exchange: "test", symbol: "BTC/USDT", kind: "linear" } as const;
const REASONS: Readonly<Record<string, string>> = {
  "stop": "stop_loss",
  "trailing-stop": "trailing_stop_loss",
  "target": "roi",
  "end": "force_exit",
};

/** Runs a case through the engine. */
export async function runCase(given: FreqtradeCase): Promise<CaseTrade[]> {
  const { candles, config } = given;
  const rows = candles.map(({ open, high, low, close }, tick) => (
    { openTimeMs: timestampMs(tick * HOUR_MS), open, high, low, close, volume: 1_000 }
  ));
  const spec = parseRunSpec({
    strategy: "signals",
    markets: [market],
    timeframe: "1h",
    fillRules: "freqtrade",
    account: { cashQuote: 1_000_000, leverage: config.leverage },
    costs: { makerBps: 0, takerBps: 0 },
    sizing: { kind: "units", units: 1 },
  });
  const strategy = defineStrategy({ id: "signals", params: {}, create: () => new Signals(given) });
  const { trades } = await runBacktest(spec, strategy.bind(), [
    candleColumns(instrument(market), timeframe("1h"), rows),
  ]);
  return trades.map(({ exitReason, entryTimeMs, exitTimeMs, side, entryPrice, exitPrice, returnFraction }) => ({
    exit_reason: REASONS[exitReason] ?? exitReason,
    open_tick: entryTimeMs / HOUR_MS,
    close_tick: exitTimeMs / HOUR_MS,
    is_short: side === "short",
    open_rate: entryPrice,
    close_rate: exitPrice,
    profit_ratio: config.leverage * returnFraction,
  }));
}

/** The signals of the candles, and the settings of the reference in our words. */
class Signals extends BaseStrategy {
  readonly series = [];
  readonly #entry: EntryOptions;

  constructor(readonly given: FreqtradeCase) {
    super();
    const { custom_entry_price: at } = given.config;
    this.#entry = {
      stop: stopOf(given.config),
      target: targetOf(given.config),
      ...(at === null ? {} : { at: limitAt(at) }),
    };
  }

  decide(context: DecisionContext): void {
    const { candles } = this.given;
    if (context.position !== 0) return this.#leave(context);
    if (context.entryPending && this.#waits(context)) return;
    const side = signalledSide(candles[context.index]!);
    // What is entered on the last candle could only be closed there.
    if (side === null || context.index + 2 >= candles.length) return;
    context.memory.orderedMs = context.closeTimeMs;
    context.memory.price = this.given.config.custom_entry_price;
    if (side === "buy") context.buy(this.#entry);
    else context.sell(this.#entry);
  }

  /** True while an entry may wait on, where it is or at another price. */
  #waits(context: DecisionContext): boolean {
    const { unfilledtimeout_minutes: timeout, adjust_entry_price: adjusted } = this.given.config;
    const waitedMinutes = (context.closeTimeMs - Number(context.memory.orderedMs)) / 60_000;
    if (waitedMinutes > (timeout ?? 10)) {
      context.withdraw();
      return false;
    }
    if (adjusted !== null && adjusted !== context.memory.price) {
      context.amend({ at: limitAt(adjusted) });
      context.memory.orderedMs = context.closeTimeMs;
      context.memory.price = adjusted;
    }
    return true;
  }

  #leave(context: DecisionContext): void {
    const { candles, config } = this.given, candle = candles[context.index]!;
    const signalled = context.position > 0
      ? candle.exit_long && !candle.enter_long
      : candle.exit_short && !candle.enter_short;
    if (!config.use_exit_signal || !signalled) {
      if (context.memory.leaving) context.protect({ stop: this.#entry.stop!, target: this.#entry.target! });
      context.memory.leaving = false;
      return;
    }
    if (config.custom_exit_price === null) return context.exit("exit_signal");
    // For one candle the exit stands alone: neither stop nor target is tested beside it.
    context.protect({ stop: null, target: null });
    const expires = context.closeTimeMs + HOUR_MS;
    context.exit({ at: limitAt(config.custom_exit_price), expires, reason: "exit_signal" });
    context.memory.leaving = true;
  }
}

function targetOf({ minimal_roi, leverage }: CaseConfig): Protection {
  return roi(Object.fromEntries(
    Object.entries(minimal_roi).map(([minutes, value]) => [minutes, value === -1 ? value : value / leverage]),
  ));
}

function stopOf(config: CaseConfig): Protection {
  const { leverage, trailing_stop, trailing_stop_positive_offset: offset, use_custom_stoploss: custom } = config;
  const inPercent = (share: number) => 100 * share / leverage;
  const stop = inPercent(Math.abs(config.stoploss));
  const closest = custom ? Math.abs(config.stoploss) : Infinity;
  const positive = config.trailing_stop_positive === null ? null : Math.min(config.trailing_stop_positive, closest);
  if (!trailing_stop) return custom ? trailingPercent(stop) : percent(stop);
  // A custom stop at the same distance follows from the start, whatever the other settings wait for; the closer counts.
  const before = config.trailing_only_offset_is_reached && !custom ? "waits" : "follows";
  return trailingPercent(stop, {
    activation: inPercent(offset),
    ...(positive === null ? {} : { then: inPercent(positive) }),
    before,
  });
}
