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
  /** Of one market, with what is on its way. */
  readonly maxPositionQuote: number;
  /** Loss since 00:00 UTC after which nothing new is opened. */
  readonly maxDailyLossQuote: number;
  readonly maxOrderQuote: number;
  /** Entries since 00:00 UTC: a count. */
  readonly maxDailyEntries: number;
}

/** Which key a mode was raised for, and where it was tested: another one needs a raise of its own (fault 63). */
export interface KeyPlace {
  readonly fingerprint: string;
  /** The venue's host, with the port where it is not the usual one. */
  readonly host: string;
}

/** The mode of an account. */
export interface AccountMode {
  readonly account: string;
  readonly mode: PermissionMode;
  /** Null in all modes but `live`. */
  readonly limits: ModeLimits | null;
  /** When `live` lapses; null in the other modes. */
  readonly untilMs: number | null;
  /** Null in modes that use no key. */
  readonly key: KeyPlace | null;
}

/** A change that is asked for. */
export interface ModeChange {
  readonly from: AccountMode;
  readonly to: PermissionMode;
  readonly limits: ModeLimits | null;
  /** What the venue said of the account's key, and which it is; null where there is no key, or it was never tested. */
  readonly tested: (KeyPlace & { readonly permissions: KeyPermissions }) | null;
}

/** `live` ends by itself after so long. */
const LIVE_LASTS_MS = 24 * 3_600_000;

/** Raising a mode, renewing `live` and loosening a limit need a confirmation; lowering needs none. */
export function needsConfirmation({ from, to }: ModeChange): boolean {
  return rank(to) > rank(from.mode) || to === "live";
}

/** What has to be typed: account and limits in words. */
export function confirmationOf({ from: { account }, to, limits }: Pick<ModeChange, "from" | "to" | "limits">): string {
  return termsOf(account, to, limits);
}

/** Account and limits in words, as who raises a mode and who starts trading types them. */
export function termsOf(account: string, mode: PermissionMode, limits: ModeLimits | null): string {
  if (limits === null) return `${mode} ${account}`;
  const { maxPositionQuote, maxDailyLossQuote, maxOrderQuote, maxDailyEntries } = limits;
  return `${mode} ${account}, position ${maxPositionQuote}, daily loss ${maxDailyLossQuote}, order ${maxOrderQuote}, ` +
    `entries a day ${maxDailyEntries}`;
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
  const key = usesKey(to) ? placeOf(change.tested) ?? change.from.key : null;
  return { account, mode: to, limits, untilMs: to === "live" ? nowMs + LIVE_LASTS_MS : null, key };
}

function placeOf(place: KeyPlace | null): KeyPlace | null {
  return place === null ? null : { fingerprint: place.fingerprint, host: place.host };
}

/** The mode that counts at a moment: `live` that has lapsed may still close what is open. */
export function lapsed(mode: AccountMode, nowMs: number): AccountMode {
  if (mode.untilMs === null || nowMs < mode.untilMs) return mode;
  return { ...mode, mode: "reduceOnly", limits: null, untilMs: null };
}

function rank(mode: PermissionMode): number {
  return PERMISSION_MODES.indexOf(mode);
}

/** True of modes that use the account's key. */
export function usesKey(mode: PermissionMode): boolean {
  return rank(mode) >= rank("readOnly");
}

function checkedLimits(limits: ModeLimits | null): ModeLimits {
  if (limits !== null && areWhole(limits)) return limits;
  throw new InputError(
    "mode-limits",
    "live needs all limits, above 0: --max-position, --max-daily-loss, --max-order and --max-daily-entries",
  );
}

/** True of limits that bound something. */
export function areWhole(limits: ModeLimits): boolean {
  const { maxPositionQuote, maxDailyLossQuote, maxOrderQuote, maxDailyEntries } = limits;
  return [maxPositionQuote, maxDailyLossQuote, maxOrderQuote, maxDailyEntries].every((own) =>
    Number.isFinite(own) && own > 0
  ) && Number.isInteger(maxDailyEntries);
}

/** Modes from `readOnly` on use the account's key, so it has to be one that may be used for that. */
function checkKey({ from: { account }, to, tested }: ModeChange): void {
  if (!usesKey(to)) return;
  if (tested === null) {
    throw new InputError("mode-key", `the vault has no tested key ${account}: deno task keys test ${account}`);
  }
  const { permissions } = tested;
  const faults = keyFaults(permissions);
  if (faults.length > 0) throw new InputError("mode-key", `the key ${account} is refused: ${faults.join(", ")}`);
  if (rank(to) >= rank("reduceOnly") && !permissions.trade) {
    throw new InputError("mode-key", `the key ${account} cannot trade: readOnly is the most that it allows`);
  }
}
