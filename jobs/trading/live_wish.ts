import { DAY_MS, type TimestampMs } from "../../engine/time/mod.ts";
import type { SessionHours, SessionPlan } from "./session_plan.ts";

/** Modes of a session on a venue that is not the autopilot's own, from the least on. */
export const LIVE_MODES = ["readOnly", "reduceOnly", "live"] as const;

/** One of {@linkcode LIVE_MODES}. */
export type LiveMode = typeof LIVE_MODES[number];

/** What somebody asks for. */
export interface LiveWish {
  readonly autopilot: string;
  readonly mode: LiveMode;
  /** Name of its key in the vault. */
  readonly account: string;
  /** In place of the venue's own hosts; null for those. */
  readonly exchangeUrl: string | null;
  readonly plan: SessionPlan;
  readonly symbols: readonly string[];
  readonly hours: SessionHours | null;
}

/** Where the day begins, UTC. */
export function dayStartOf(timeMs: number): TimestampMs {
  return Math.floor(timeMs / DAY_MS) * DAY_MS as TimestampMs;
}
