import type { Instrument } from "../../market/mod.ts";
import { barOpen, DAY_MS, timeframe, type TimestampMs } from "../../time/mod.ts";
import type { ProviderGroup } from "../provider_group.ts";
import type { TimeSpan } from "./candle_store.ts";

const DAY = timeframe("1d");

/**
 * The day in a range on which a market's candles begin at its venue, found by its daily candles: a minute's history is not
 * asked for where there was no market yet.
 *
 * @returns Null where the range holds none.
 */
export async function listingStart(
  group: ProviderGroup,
  { symbol }: Instrument,
  { fromMs, toMs }: TimeSpan,
  signal?: AbortSignal,
): Promise<TimestampMs | null> {
  let days = 1; // most are there on the first day that is wanted
  for (let startMs = barOpen(DAY, fromMs); startMs < toMs;) {
    const from = startMs;
    const { value } = await group.ask(symbol, async (exchange) => {
      const limit = Math.min(days, exchange.capabilities.candlesPerRequest);
      const endMs = Math.min(from + limit * DAY_MS, Math.max(toMs, from + DAY_MS)) as TimestampMs;
      const outcome = await exchange.candles({ symbol, timeframe: DAY, fromMs: from, toMs: endMs, limit });
      return outcome.kind === "done" ? { kind: "done", value: { first: outcome.value[0], endMs } } : outcome;
    }, signal === undefined ? {} : { signal });
    if (value.first !== undefined) return Math.max(fromMs, value.first.openTimeMs) as TimestampMs;
    startMs = value.endMs;
    days = Infinity;
  }
  return null;
}
