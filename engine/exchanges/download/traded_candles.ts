import type { Outcome } from "../../errors/mod.ts";
import { AMOUNT_DECIMALS, formatDecimal, parseDecimal } from "../../money/mod.ts";
import { barOpen, type Timeframe, type TimestampMs } from "../../time/mod.ts";
import type { Exchange, HistoryQuery, VenueCandle, VenueTrade } from "../exchange.ts";
import { tradePages } from "./trade_pages.ts";

/**
 * Candles of a stretch made of the market's trades, all of which are asked for: first and last price, highest and lowest,
 * and the exact sum of the quantities. A candle without a trade is absent.
 */
export async function tradedCandles(
  exchange: Exchange,
  { symbol, timeframe, fromMs, toMs }: HistoryQuery & { readonly timeframe: Timeframe; readonly toMs: TimestampMs },
): Promise<Outcome<readonly VenueCandle[]>> {
  const forming = new FormingCandles(timeframe);
  for await (const outcome of tradePages(exchange, symbol, { fromMs, toMs })) {
    if (outcome.kind !== "done") return outcome;
    for (const trade of outcome.value) forming.add(trade);
  }
  return { kind: "done", value: forming.candles() };
}

/** Trades as candles, one after the other in the order of time. */
class FormingCandles {
  readonly #done: VenueCandle[] = [];
  #candle: { openTimeMs: TimestampMs; open: string; high: string; low: string; close: string } | null = null;
  #volume = 0n;

  constructor(readonly timeframe: Timeframe) {}

  add({ timeMs, price, quantity }: VenueTrade): void {
    const openTimeMs = barOpen(this.timeframe, timeMs);
    if (this.#candle?.openTimeMs !== openTimeMs) {
      this.#end();
      this.#candle = { openTimeMs, open: price, high: price, low: price, close: price };
    }
    const candle = this.#candle!;
    if (Number(price) > Number(candle.high)) candle.high = price;
    if (Number(price) < Number(candle.low)) candle.low = price;
    candle.close = price;
    this.#volume += parseDecimal(quantity, AMOUNT_DECIMALS);
  }

  candles(): readonly VenueCandle[] {
    this.#end();
    return this.#done;
  }

  #end(): void {
    if (this.#candle === null) return;
    this.#done.push({ ...this.#candle, volume: formatDecimal(this.#volume, AMOUNT_DECIMALS) });
    this.#candle = null;
    this.#volume = 0n;
  }
}
