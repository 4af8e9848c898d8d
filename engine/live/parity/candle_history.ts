import type { CandleColumns } from "../../market/mod.ts";
import type { CandleInput, CandleRow } from "../session_input.ts";

/** Candles of several instruments by the moment of their close, as a data store has them. */
export class CandleHistory {
  readonly #groups = new Map<number, CandleRow[]>();
  readonly closeTimesMs: readonly number[];

  /** @param columns One per instrument number. */
  constructor(columns: readonly CandleColumns[], lengthMs: number, fromMs: number, toMs: number) {
    columns.forEach((own, instrument) => {
      for (let row = 0; row < own.length; row++) {
        const openTimeMs = own.openTimeMs[row]!, closeTimeMs = openTimeMs + lengthMs;
        if (openTimeMs < fromMs || closeTimeMs > toMs) continue;
        const rows = this.#groups.get(closeTimeMs) ?? [];
        this.#groups.set(closeTimeMs, rows);
        rows.push([
          ...[instrument, openTimeMs, own.open[row]!, own.high[row]!] as const,
          ...[own.low[row]!, own.close[row]!, own.volume[row]!] as const,
        ]);
      }
    });
    this.closeTimesMs = [...this.#groups.keys()].sort((a, b) => a - b);
  }

  /** Candles that closed at a moment, by instrument number. */
  rows(closeTimeMs: number): readonly CandleRow[] {
    return this.#groups.get(closeTimeMs) ?? [];
  }

  /** The newest close of each instrument; NaN without one. */
  lastCloses(instruments: number): number[] {
    const closes = new Array<number>(instruments).fill(NaN);
    for (const time of this.closeTimesMs) for (const row of this.rows(time)) closes[row[0]] = row[5];
    return closes;
  }
}

/** What a session was told of the candles of one close time, against what the store has of it. */
export type CandleFault = "late candle" | "missing candle" | "revision";

/** How a session's candles of one close time differ from the store's; null where they do not. */
export function candleFaultOf(told: readonly CandleInput[], rows: readonly CandleRow[]): CandleFault | null {
  const heard = told.flatMap((input) => input.rows.map((row) => ({ row, isLate: input.isLate })));
  for (const { row } of heard) {
    const stored = rows.find(([instrument]) => instrument === row[0]);
    if (stored === undefined || stored.some((value, i) => value !== row[i])) return "revision";
  }
  if (rows.some(([instrument]) => !heard.some(({ row }) => row[0] === instrument))) return "missing candle";
  return heard.some(({ isLate }) => isLate) ? "late candle" : null;
}
