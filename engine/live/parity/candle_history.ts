import type { CandleColumns } from "../../market/mod.ts";
import type { CandleInput, CandleRow } from "../session_input.ts";
import type { Cause } from "./cause.ts";

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
export type CandleFault = Extract<Cause, "late candle" | "missing candle" | "candle not in store" | "revision">;

/** A fault, and the numbers of the instruments whose candles have it. */
export interface FaultyCandles {
  readonly fault: CandleFault;
  readonly instruments: readonly number[];
}

/** How a session's candles of one close time differ from the store's: when they were told comes before what they said. */
export function candleFaultsOf(told: readonly CandleInput[], rows: readonly CandleRow[]): FaultyCandles[] {
  const heard = told.flatMap((input) => input.rows), found: FaultyCandles[] = [];
  const add = (fault: CandleFault, of: readonly CandleRow[]) => {
    if (of.length > 0) found.push({ fault, instruments: [...new Set(of.map(([instrument]) => instrument))] });
    return of.length > 0;
  };
  const absent = rows.filter(([instrument]) => !heard.some((row) => row[0] === instrument));
  if (!add("missing candle", absent)) {
    add("late candle", told.flatMap((input) => input.isLate ? input.rows : []));
  }
  add("candle not in store", heard.filter((row) => storedRow(row, rows) === undefined));
  add("revision", heard.filter((row) => storedRow(row, rows)?.some((value, i) => value !== row[i])));
  return found;
}

/** The store's candle of the same instrument. */
export function storedRow([instrument]: CandleRow, rows: readonly CandleRow[]): CandleRow | undefined {
  return rows.find((row) => row[0] === instrument);
}
