import { CodedError, InputError } from "../errors/mod.ts";
import { keyFaults, type KeyPermissions } from "./key_verdict.ts";

/** What an account may do at most, from the least on. */
export const PERMISSION_MODES = ["research", "paper", "readOnly", "reduceOnly", "live"] as const;

/** See {@linkcode PERMISSION_MODES}. */
export type PermissionMode = typeof PERMISSION_MODES[number];

/** What trading does with an account. */
export type TradingAct = "paperTrade" | "readAccount" | "cancelOrder" | "reducePosition" | "openPosition";

/** What each mode allows; what is not here is denied. */
export const ALLOWED: Readonly<Record<PermissionMode, readonly TradingAct[]>> = {
  research: [],
  paper: ["paperTrade"],
  readOnly: ["paperTrade", "readAccount"],
  reduceOnly: ["paperTrade", "readAccount", "cancelOrder", "reducePosition"],
  live: ["paperTrade", "readAccount", "cancelOrder", "reducePosition", "openPosition"],
};

/** True where the mode allows the act; a mode or an act that is none is denied (I15). */
export function allows(mode: string, act: string): boolean {
  return Object.hasOwn(ALLOWED, mode) && (ALLOWED[mode as PermissionMode] as readonly string[]).includes(act);
}

/** What an account in the mode `live` must keep to, in the quote currency. */
export interface ModeLimits {
  readonly maxPositionQuote: number;
  readonly maxDailyLossQuote: number;
}

/** The mode of an account. */
export interface AccountMode {
  readonly account: string;
  readonly mode: PermissionMode;
  /** Null in all modes but `live`. */
  readonly limits: ModeLimits | null;
  /** When `live` lapses; null in the other modes. */
  readonly untilMs: number | null;
}

/** A change that is asked for. */
export interface ModeChange {
  readonly from: AccountMode;
  readonly to: PermissionMode;
  readonly limits: ModeLimits | null;
  /** What the venue said of the account's key; null where there is no key, or it was never tested. */
  readonly permissions: KeyPermissions | null;
}

/** `live` ends by itself after so long. */
const LIVE_LASTS_MS = 24 * 3_600_000;

/** Raising a mode, renewing `live` and loosening a limit need a confirmation; lowering needs none. */
export function needsConfirmation({ from, to }: ModeChange): boolean {
  return rank(to) > rank(from.mode) || to === "live";
}

/** What has to be typed: account and limits in words. */
export function confirmationOf({ from: { account }, to, limits }: ModeChange): string {
  if (limits === null) return `${to} ${account}`;
  return `${to} ${account}, position ${limits.maxPositionQuote}, daily loss ${limits.maxDailyLossQuote}`;
}

/**
 * The mode after a change.
 *
 * @param typed What the person typed; asked for only where {@linkcode needsConfirmation}.
 * @throws {InputError} `mode-limits`, `mode-key`. @throws {CodedError} `mode-confirmation`.
 */
export function changedMode(change: ModeChange, typed: string | null, nowMs: number): AccountMode {
  const { from: { account }, to } = change, limits = to === "live" ? checkedLimits(change.limits) : null;
  if (needsConfirmation(change)) {
    checkKey(change);
    if (typed?.trim() !== confirmationOf(change)) {
      throw new CodedError(
        "mode-confirmation",
        `what was typed is not "${confirmationOf(change)}": nothing was changed`,
      );
    }
  }
  return { account, mode: to, limits, untilMs: to === "live" ? nowMs + LIVE_LASTS_MS : null };
}

/** The mode that counts at a moment: `live` that has lapsed may still close what is open. */
export function lapsed(mode: AccountMode, nowMs: number): AccountMode {
  if (mode.untilMs === null || nowMs < mode.untilMs) return mode;
  return { ...mode, mode: "reduceOnly", limits: null, untilMs: null };
}

function rank(mode: PermissionMode): number {
  return PERMISSION_MODES.indexOf(mode);
}

function checkedLimits(limits: ModeLimits | null): ModeLimits {
  const isWhole = limits !== null &&
    [limits.maxPositionQuote, limits.maxDailyLossQuote].every((own) => Number.isFinite(own) && own > 0);
  if (isWhole) return limits;
  throw new InputError("mode-limits", "live needs both limits, above 0: --max-position and --max-daily-loss");
}

/** Modes from `readOnly` on use the account's key, so it has to be one that may be used for that. */
function checkKey({ from: { account }, to, permissions }: ModeChange): void {
  if (rank(to) < rank("readOnly")) return;
  if (permissions === null) {
    throw new InputError("mode-key", `the vault has no tested key ${account}: deno task keys test ${account}`);
  }
  const faults = keyFaults(permissions);
  if (faults.length > 0) throw new InputError("mode-key", `the key ${account} is refused: ${faults.join(", ")}`);
  if (rank(to) >= rank("reduceOnly") && !permissions.trade) {
    throw new InputError("mode-key", `the key ${account} cannot trade: readOnly is the most that it allows`);
  }
}
