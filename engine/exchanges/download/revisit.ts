import { type CandleColumns, sliceCandles, VALUE_COLUMNS } from "../../market/mod.ts";
import { type Clock, shiftBars, type TimestampMs } from "../../time/mod.ts";
import type { ProviderGroup } from "../provider_group.ts";
import { closedCandles, columnsOf } from "./candle_rows.ts";
import type { CandleStore } from "./candle_store.ts";

/**
 * Asks again for the newest candles that are kept. What the venue tells otherwise now is put beside the original, which
 * stays: who has traded on it saw it so (fault 34).
 *
 * @returns How many candles are told otherwise.
 */
export async function revisit(
  kept: CandleColumns,
  group: ProviderGroup,
  store: CandleStore,
  clock: Clock,
  { revisitCandles, signal }: { readonly revisitCandles: number; readonly signal?: AbortSignal },
): Promise<number> {
  const { instrument, timeframe } = kept;
  const newest = sliceCandles(kept, Math.max(0, kept.length - revisitCandles), kept.length);
  if (newest.length === 0) return 0;
  const fromMs = newest.openTimeMs[0] as TimestampMs;
  const toMs = shiftBars(timeframe, newest.openTimeMs.at(-1) as TimestampMs, 1);
  const { value, provider } = await group.ask(
    `${instrument.symbol} ${timeframe}`,
    (exchange) => exchange.candles({ symbol: instrument.symbol, timeframe, fromMs, toMs, limit: newest.length }),
    signal === undefined ? {} : { signal },
  );
  if (provider !== instrument.exchange) return 0; // another venue's candle differs without having been revised
  const told = columnsOf(instrument, timeframe, closedCandles(value, timeframe, clock.now()));
  const changed = rowsTold(newest, told);
  return changed.length === 0 ? 0 : await store.recordRevisions(changed, provider, clock.now());
}

/** Candles that both have, where the second tells other values. */
function rowsTold(kept: CandleColumns, told: CandleColumns): CandleColumns {
  const rows = Array.from({ length: told.length }, (_, row) => row).filter((row) => {
    const before = kept.openTimeMs.indexOf(told.openTimeMs[row]!);
    return before >= 0 && VALUE_COLUMNS.some((name) => kept[name][before] !== told[name][row]);
  });
  const pick = (column: Float64Array) => Float64Array.from(rows, (row) => column[row]!);
  const values = Object.fromEntries(VALUE_COLUMNS.map((name) => [name, pick(told[name])]));
  return { ...told, ...values, openTimeMs: pick(told.openTimeMs), length: rows.length };
}
