// What a running session may do now: the least of what it was started for and what the account's mode allows at this moment.
import type { TradingMode } from "../../engine/live/mod.ts";
import { type AccountMode, allows, areWhole, type KeyPlace, type ModeLimits } from "../../engine/security/mod.ts";
import type { LiveMode } from "./live_wish.ts";
import type { LiveTerms } from "./session_settings.ts";

/** Null: it may not even look at the account any more. */
export type SessionMode = TradingMode | null;

/** A mode, and why it is no more than that. */
export interface AllowedMode {
  readonly mode: SessionMode;
  readonly reason: string;
}

/** The mode of a session of an account at a venue. */
export function allowedMode(
  started: LiveMode,
  row: AccountMode,
  { key, limits }: Pick<LiveTerms, "key" | "limits">,
): AllowedMode {
  const { account, mode } = row;
  if (!allows(mode, "readAccount")) return { mode: null, reason: `the mode of ${account} is ${mode}` };
  if (!isSame(row.key, key)) return { mode: null, reason: `the mode of ${account} is for another key or host by now` };
  if (started === "readOnly" || !allows(mode, "reducePosition")) {
    return { mode: "readOnly", reason: `${account} may only be read` };
  }
  if (started === "reduceOnly" || !allows(mode, "openPosition")) {
    return { mode: "reduceOnly", reason: `${account} may only reduce` };
  }
  if (limits === null || row.limits === null || !isWithin(limits, row.limits)) {
    return { mode: "reduceOnly", reason: `the limits of ${account} are tighter now than those of the session` };
  }
  return { mode: "trade", reason: `${account} may trade` };
}

function isSame(a: KeyPlace | null, b: KeyPlace): boolean {
  return a !== null && a.fingerprint === b.fingerprint && a.host === b.host;
}

function isWithin(own: ModeLimits, most: ModeLimits): boolean {
  return areWhole(own) && areWhole(most) && own.maxPositionQuote <= most.maxPositionQuote &&
    own.maxDailyLossQuote <= most.maxDailyLossQuote && own.maxOrderQuote <= most.maxOrderQuote &&
    own.maxDailyEntries <= most.maxDailyEntries;
}
