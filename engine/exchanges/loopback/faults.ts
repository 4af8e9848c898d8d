import { z } from "zod";
import { SeededRandom, YEAR_MS } from "../../time/mod.ts";

/**
 * What a request may meet, by the faults of docs/reliability.md.
 *
 * - `lost-request`: nothing of it arrives; the connection breaks (A2).
 * - `lost-response`: it is carried out, and the connection breaks (A1, A3).
 * - `unknown-status`: it is carried out, and the answer is HTTP 500 with code −1007 (A4).
 * - `unavailable`: it is not carried out; HTTP 503 (A4).
 * - `cut-body`: it is carried out, and the answer ends in the middle (A5).
 * - `not-json`: a page of a proxy with status 200 (D49).
 * - `slow`: the answer comes byte by byte (D50).
 * - `limited`: 429 without need (D43).
 * - `banned`: 418 (D44).
 * - `forbidden`: 403 of a firewall (D44).
 * - `revoked-key`: code −2015 (D52).
 * - `clock-skew`: code −1021 (D46).
 */
export const REQUEST_FAULTS = [
  "lost-request",
  "lost-response",
  "unknown-status",
  "unavailable",
  "cut-body",
  "not-json",
  "slow",
  "limited",
  "banned",
  "forbidden",
  "revoked-key",
  "clock-skew",
] as const;

export type RequestFault = typeof REQUEST_FAULTS[number];

/** Faults of the market data in an answer (C): what candles are like that a client must not trust. */
export const CANDLE_FAULTS = [
  "gap",
  "revision",
  "duplicate",
  "disorder",
  "future",
  "spike",
  "not-a-number",
  "micros",
] as const;

export type CandleFault = typeof CANDLE_FAULTS[number];

/** Faults of the account's news in the user stream (B17, B18, B24). */
export const EVENT_FAULTS = ["lost-event", "duplicate-event", "disordered-event", "late-event"] as const;

export type EventFault = typeof EVENT_FAULTS[number];

const share = z.number().min(0).max(1);

/** Which faults there are: by chance, or at stated calls. */
export const faultPlanSchema = z.strictObject({
  seed: z.int().min(0),
  /** Share of the requests that meet each fault. */
  requests: z.partialRecord(z.enum(REQUEST_FAULTS), share),
  /** Share of the answers with candles that have each fault. */
  candles: z.partialRecord(z.enum(CANDLE_FAULTS), share),
  /** Share of the account's news that meets each fault. */
  events: z.partialRecord(z.enum(EVENT_FAULTS), share),
  /** The n-th call of an endpoint from now on, counted from 1, as in `{ call: "POST /order", n: 2, fault: "lost-response" }`. */
  scripted: z.array(z.strictObject({
    call: z.string(),
    n: z.int().min(1),
    fault: z.enum([...REQUEST_FAULTS, ...CANDLE_FAULTS]),
  })),
}).partial();

/** A plan of faults. */
export type FaultPlan = z.infer<typeof faultPlanSchema>;

/** Draws the faults of a plan, and counts what it has drawn. */
export class Faults {
  /** How often each fault happened. */
  readonly fired = new Map<string, number>();
  #plan: FaultPlan = {};
  #random = new SeededRandom(0);
  readonly #calls = new Map<string, number>();

  constructor(plan: FaultPlan = {}) {
    this.plan(plan);
  }

  /** Follows another plan from now on. */
  plan(plan: FaultPlan): void {
    this.#plan = plan;
    this.#random = new SeededRandom(plan.seed ?? 1);
    this.#calls.clear();
  }

  /** What a request meets. */
  ofRequest(call: string): RequestFault | null {
    const n = (this.#calls.get(call) ?? 0) + 1;
    this.#calls.set(call, n);
    const stated = this.#plan.scripted?.find((own) => own.call === call && own.n === n)?.fault;
    return this.#count(
      REQUEST_FAULTS.find((own) => own === stated) ?? this.#drawn(REQUEST_FAULTS, this.#plan.requests),
    );
  }

  /** What the candles of an answer are like. */
  ofCandles(call: string): CandleFault | null {
    const n = this.#calls.get(call) ?? 0;
    const stated = this.#plan.scripted?.find((own) => own.call === call && own.n === n)?.fault;
    return this.#count(CANDLE_FAULTS.find((own) => own === stated) ?? this.#drawn(CANDLE_FAULTS, this.#plan.candles));
  }

  /** What becomes of a piece of news of the account. */
  ofEvent(): EventFault | null {
    return this.#count(this.#drawn(EVENT_FAULTS, this.#plan.events));
  }

  #drawn<Fault extends string>(
    faults: readonly Fault[],
    shares: { readonly [Name in Fault]?: number } | undefined,
  ): Fault | null {
    const drawn = this.#random.next();
    let below = 0;
    for (const fault of faults) {
      below += shares?.[fault] ?? 0;
      if (drawn < below) return fault;
    }
    return null;
  }

  #count<Fault extends string>(fault: Fault | null): Fault | null {
    if (fault !== null) this.fired.set(fault, (this.fired.get(fault) ?? 0) + 1);
    return fault;
  }
}

/** Rows of candles with a fault in them; the venue's own stay as they are. */
export function withCandleFault(rows: readonly unknown[][], fault: CandleFault): unknown[][] {
  const copy = rows.map((row) => [...row]), at = Math.floor(copy.length / 2), row = copy[at];
  if (row === undefined) return copy;
  switch (fault) {
    case "gap":
      return copy.toSpliced(at, 1);
    case "revision":
      row[4] = `${Number(row[4]) * 1.001}`;
      return copy;
    case "duplicate":
      return copy.toSpliced(at, 0, [...row]);
    case "disorder":
      return copy.reverse();
    case "future":
      row[0] = Number(row[0]) + 10 * YEAR_MS;
      return copy;
    case "spike":
      row[2] = `${Number(row[2]) * 10}`;
      return copy;
    case "not-a-number":
      row[4] = "NaN";
      return copy;
    case "micros":
      return copy.map((own) => [Number(own[0]) * 1_000, ...own.slice(1)]);
  }
}
