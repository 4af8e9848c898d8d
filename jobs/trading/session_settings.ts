import { z } from "zod";
import { parseRunSpec, type RunSpec } from "../../engine/backtest/mod.ts";
import type { Sql } from "../../engine/database/mod.ts";
import { InputError } from "../../engine/errors/mod.ts";
import type { AccountLimits, DayBefore } from "../../engine/risk/mod.ts";
import type { KeyPlace } from "../../engine/security/mod.ts";
import { hoursSchema, type SessionHours } from "./session_plan.ts";
import { timestampMs } from "../../engine/time/mod.ts";

/** What a session trades by, as its row in the journal keeps it. */
export interface SessionSettings {
  /** Name of the autopilot. */
  readonly autopilot: string;
  /** Begins the names of its orders. */
  readonly tag: string;
  readonly spec: RunSpec;
  /** Id of the venue's adapter. */
  readonly exchange: string;
  /** In place of the venue's own hosts; null for those. */
  readonly exchangeUrl: string | null;
  /** Time of a venue that has one of its own; null for the machine's. */
  readonly clock: { readonly startMs: number; readonly beganMs: number; readonly speed: number } | null;
  /** Of the prices of its exchange, which follow from it and from when that began; null for those of a venue. */
  readonly seed: number | null;
  /** Of an account at a venue; null on paper. */
  readonly live: LiveTerms | null;
  /** When it opens positions; null at any time, or as its strategies say. */
  readonly hours: SessionHours | null;
  /** The command row that asked for it; null where a person at this machine did, who keeps it. */
  readonly askedBy: string | null;
}

/** What a session of an account at a venue keeps to. */
export interface LiveTerms {
  /** Null in modes that open nothing. */
  readonly limits: AccountLimits | null;
  /** What the account had done that day before the session began. */
  readonly before: DayBefore;
  /** The key that it uses, and where. */
  readonly key: KeyPlace;
  /** After so long the venue refuses a late request by rule; null where it has no such rule. */
  readonly requestExpiryMs: number | null;
  /** What was asked for: whoever goes on with the session asks for the same. */
  readonly asked: unknown;
}

const liveSchema = z.object({
  limits: z.object({
    maxPositionQuote: z.number().positive(),
    maxDailyLossQuote: z.number().positive(),
    maxOrderQuote: z.number().positive(),
    maxDailyEntries: z.int().positive(),
  }).nullable(),
  before: z.object({ dayStartMs: z.int().transform(timestampMs), entries: z.int(), lossQuote: z.number() }),
  key: z.object({ fingerprint: z.string(), host: z.string() }),
  requestExpiryMs: z.number().nullable(),
  asked: z.unknown(),
});

const schema = z.object({
  autopilot: z.string(),
  tag: z.string(),
  spec: z.unknown(),
  exchange: z.string(),
  exchangeUrl: z.string().nullable(),
  clock: z.object({ startMs: z.number(), beganMs: z.number(), speed: z.number() }).nullable(),
  seed: z.number().nullable().default(null),
  live: liveSchema.nullable().default(null),
  hours: hoursSchema.nullable().default(null),
  askedBy: z.string().nullable().default(null),
});

/** @throws {InputError} `session` where a newer program has written it. */
export function sessionSettings(row: unknown): SessionSettings {
  const read = schema.safeParse(row);
  if (!read.success) throw new InputError("session", `its settings cannot be read: ${z.prettifyError(read.error)}`);
  return { ...read.data, spec: parseRunSpec(read.data.spec) };
}

/** A session as the journal has it. */
export interface SessionRow {
  readonly id: string;
  readonly account: string;
  readonly mode: string;
  readonly settings: unknown;
}

/** Why a session has ended; null where it has not. */
export async function endReasonOf(sql: Sql, id: string): Promise<string | null> {
  const [row] = await sql<{ reason: string | null }[]>`
    select end_reason as reason from sessions where id = ${id} and ended_at_ms is not null`;
  return row === undefined ? null : row.reason ?? "for no reason that was written down";
}

/** The session of an id. @throws {InputError} `session` where there is none. */
export async function sessionOf(sql: Sql, id: string): Promise<SessionRow> {
  const [row] = await sql<SessionRow[]>`select id, account, mode, settings from sessions where id = ${id}`;
  if (row === undefined) {
    throw new InputError("session", `there is no session ${id}: deno task autopilot start begins one`);
  }
  return row;
}
