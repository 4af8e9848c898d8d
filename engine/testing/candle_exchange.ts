import type { Outcome } from "../errors/mod.ts";
import type { Exchange, HistoryQuery, VenueCandle } from "../exchanges/mod.ts";
import { shiftBars, type Timeframe, type TimestampMs } from "../time/mod.ts";

/** A provider in memory whose candles carry its number in their volume; it fails or leaves out what a test says. */
export function candleExchange(
  id: string,
  told: {
    readonly volume: string;
    /** What a request gets in place of candles. */
    readonly failure?: () => Outcome<never> | undefined;
    readonly isAbsent?: (openTimeMs: number) => boolean;
    readonly candlesPerRequest?: number;
  },
): Exchange & { readonly requests: { fromMs: number; timeframe: string }[] } {
  const requests: { fromMs: number; timeframe: string }[] = [];
  const candles = ({ timeframe, fromMs, toMs, limit }: HistoryQuery & { timeframe: Timeframe }) => {
    requests.push({ fromMs, timeframe });
    const failure = told.failure?.();
    if (failure !== undefined) return Promise.resolve(failure);
    const rows: VenueCandle[] = [];
    for (let time = fromMs; time < toMs! && rows.length < limit!; time = shiftBars(timeframe, time, 1)) {
      if (told.isAbsent?.(time)) continue;
      const open = 100 + (time / 60_000) % 50;
      const text = { open: `${open}`, high: `${open + 2}`, low: `${open - 1}`, close: `${open + 1}` };
      rows.push({ openTimeMs: time as TimestampMs, ...text, volume: told.volume });
    }
    return Promise.resolve<Outcome<readonly VenueCandle[]>>({ kind: "done", value: rows });
  };
  const capabilities = { candles: true, candlesPerRequest: told.candlesPerRequest ?? 1_000 };
  return { id, capabilities, candles, requests } as unknown as ReturnType<typeof candleExchange>;
}
