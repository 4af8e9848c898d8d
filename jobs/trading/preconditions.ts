// What must hold before a session may use an account of a venue: values with a code each, checked as a whole. A test goes
// through the table, and fails for one that nothing there breaks.
import {
  type AccountMode,
  allows,
  areWhole,
  keyFaults,
  type KeyReport,
  type KeyRow,
  termsOf,
  type TradingAct,
} from "../../engine/security/mod.ts";
import { type KillOrder, MOST_SKEW_MS } from "../../engine/live/mod.ts";
import { DAY_MS, formatTimestamp, MINUTE_MS, type TimestampMs } from "../../engine/time/mod.ts";
import type { KillDrillRecord } from "../kill_drill_record.ts";
import type { LiveMode, LiveWish } from "./live_wish.ts";

/** Something that could not be found out, and why. */
export interface Unknown {
  readonly unknown: string;
}

/** True of what could not be found out. */
export function isUnknown<T>(found: T | Unknown): found is Unknown {
  return typeof found === "object" && found !== null && "unknown" in found;
}

/** What was found out before a session begins. */
export interface LiveEvidence {
  readonly nowMs: number;
  readonly wish: Pick<LiveWish, "account" | "mode" | "autopilot">;
  readonly mode: AccountMode;
  readonly key: KeyRow | Unknown;
  /** What the venue says of the key now. */
  readonly test: KeyReport | Unknown;
  /** Where the session would trade, and whether this program knows all hosts that it needs for that. */
  readonly place: { readonly host: string; readonly isKnown: boolean } | Unknown;
  readonly kill: KillOrder | null;
  /** The last one; null where there was none. */
  readonly drill: KillDrillRecord | null;
  /** What is wrong with the audit chain, with the journal, with the markets that are to be traded; none where all is well. */
  readonly audit: readonly string[] | Unknown;
  readonly journal: readonly string[] | Unknown;
  readonly markets: readonly string[] | Unknown;
  /** The venue's clock minus ours, milliseconds. */
  readonly skewMs: number | Unknown;
  /** Settings of the database that make a commit outlive a loss of power. */
  readonly durable: Readonly<Record<string, string>>;
  /** Why no session can begin or go on for the account; null where one can. */
  readonly session: string | null;
  /** What a person has typed; null where nobody was asked yet. */
  readonly typed: string | null;
}

/** Something that must hold. What only the venue tells says nothing where there is no key to ask it with: that is told already. */
export interface Precondition {
  readonly code: string;
  /** In a few words, for the table of the documentation. */
  readonly what: string;
  /** Why it does not, and what to do; null where it holds. */
  readonly refusal: (evidence: LiveEvidence) => string | null;
}

/** A week, and the hour by which a weekly job may be late. */
const DRILL_LASTS_MS = 7 * DAY_MS + 60 * MINUTE_MS;
const NEEDED: Readonly<Record<LiveMode, TradingAct>> = {
  readOnly: "readAccount",
  reduceOnly: "reducePosition",
  live: "openPosition",
};

/** What the person who starts live trading types. */
export function liveTerms({ wish: { account, mode }, mode: { limits } }: Pick<LiveEvidence, "wish" | "mode">): string {
  return termsOf(account, mode, limits);
}

/** All of them, in the order in which they are reported. */
export const PRECONDITIONS: readonly Precondition[] = [
  {
    code: "mode",
    what: "the account's mode allows it and has not lapsed",
    refusal: ({ wish: { account, mode: wanted }, mode: { mode } }) =>
      allows(mode, NEEDED[wanted])
        ? null
        : `the mode of ${account} is ${mode}: raise it with deno task mode set ${account} ${wanted}`,
  },
  {
    code: "limits",
    what: "largest position, daily loss, largest order and entries of a day are set",
    refusal: ({ wish: { account, mode: wanted }, mode: { limits } }) =>
      wanted !== "live" || (limits !== null && areWhole(limits))
        ? null
        : `${account} has no limits: set them with deno task mode set ${account} live and its four limits`,
  },
  {
    code: "key",
    what: "the vault has a key of that name, and opens",
    refusal: ({ key }) => isUnknown(key) ? `${key.unknown}; the venue is asked once the key is there` : null,
  },
  {
    code: "venue",
    what: "the venue is one that this program trades at",
    refusal: ({ key, place }) => {
      if (isUnknown(place)) return isUnknown(key) ? null : place.unknown;
      if (place.isKnown) return null;
      return `${place.host} is known for its data only: trade at binance or coinbase`;
    },
  },
  {
    code: "key-rights",
    what:
      "asked now, the venue says that the key takes no money away, works from named addresses and may do what is needed",
    refusal: ({ wish: { account, mode: wanted }, key, test }) => {
      if (isUnknown(test)) return isUnknown(key) ? null : `nobody knows what the key may do: ${test.unknown}`;
      const faults = keyFaults(test.permissions);
      if (wanted !== "readOnly" && !test.permissions.trade) faults.push("it cannot trade");
      if (faults.length === 0) return null;
      return `the key ${account} is refused: ${faults.join(", ")}; restrict it at the venue, or use another one`;
    },
  },
  {
    code: "same-key",
    what: "the mode was raised for this key at this host",
    refusal: ({ wish: { account, mode: wanted }, mode: { key: raised }, key, place }) => {
      if (isUnknown(key) || isUnknown(place) || raised === null) return null; // their own preconditions say so
      const { host } = place, { fingerprint } = key;
      if (raised.fingerprint === fingerprint && raised.host === host) return null;
      return `the mode was raised for key ${raised.fingerprint} at ${raised.host}, and this is ${fingerprint} at ${host}: ` +
        `test it there with deno task keys test ${account}, then deno task mode set ${account} ${wanted}`;
    },
  },
  {
    code: "kill",
    what: "the kill switch is not set",
    refusal: ({ kill }) =>
      kill === null ? null : `the kill switch is set (${kill.reason}): deno task kill --clear lets trading go on`,
  },
  {
    code: "drill",
    what: "the kill switch was tried within the last week, and worked",
    refusal: ({ drill, nowMs }) => {
      const again = "try it with deno task autopilot drill";
      if (drill === null) return `the kill switch was never tried: ${again}`;
      const at = formatTimestamp(drill.atMs as TimestampMs);
      if (!drill.held) return `the kill switch did not work when it was tried at ${at}: see what ${again} says`;
      return nowMs - drill.atMs <= DRILL_LASTS_MS
        ? null
        : `the kill switch was tried last at ${at}, more than a week ago: ${again}`;
    },
  },
  {
    code: "audit",
    what: "the audit chain verifies",
    refusal: ({ audit }) => whole(audit, "the audit chain", "deno task audit verify lists all"),
  },
  {
    code: "journal",
    what: "the journal verifies",
    refusal: ({ journal }) => whole(journal, "the journal", "deno task journal verify lists all"),
  },
  {
    code: "clock",
    what: "this machine's clock and the venue's differ by less than 500 ms",
    refusal: ({ key, skewMs }) => {
      if (isUnknown(skewMs)) return isUnknown(key) ? null : `the venue's clock is not known: ${skewMs.unknown}`;
      if (Math.abs(skewMs) < MOST_SKEW_MS) return null;
      const way = skewMs > 0 ? "ahead of" : "behind";
      return `the venue's clock is ${Math.abs(skewMs)} ms ${way} this machine's: set this clock, as by NTP`;
    },
  },
  {
    code: "durable",
    what: "what the database commits outlives a loss of power",
    refusal: ({ durable }) => {
      const off = Object.entries(durable).filter(([, value]) => value === "off").map(([name]) => name);
      if (off.length === 0) return null;
      return `the database may lose what it has committed: set ${off.map((name) => `${name} = on`).join(", ")} there`;
    },
  },
  {
    code: "markets",
    what: "the venue trades the markets now, all against one currency, and the account has some of it",
    refusal: ({ key, markets }) => {
      if (isUnknown(markets)) return isUnknown(key) ? null : `the markets are not known: ${markets.unknown}`;
      return markets.length === 0 ? null : markets.join("; ");
    },
  },
  {
    code: "session",
    what: "no other session uses the account, and one that has not ended goes on as it was",
    refusal: ({ session }) => session,
  },
  {
    code: "terms",
    what: "a person has typed account and limits",
    refusal: (evidence) => {
      const { wish: { mode: wanted }, typed } = evidence, terms = liveTerms(evidence);
      return wanted !== "live" || typed?.trim() === terms ? null : `what was typed is not "${terms}"`;
    },
  },
];

/** A precondition that does not hold. */
export interface Failing {
  readonly code: string;
  readonly reason: string;
}

/** All that do not hold. */
export function failingPreconditions(evidence: LiveEvidence, table = PRECONDITIONS): Failing[] {
  return table.flatMap(({ code, refusal }) => {
    const reason = refusal(evidence);
    return reason === null ? [] : [{ code, reason }];
  });
}

function whole(faults: readonly string[] | Unknown, what: string, list: string): string | null {
  if (isUnknown(faults)) return `${what} cannot be read: ${faults.unknown}`;
  return faults.length === 0 ? null : `${what} is not as it was written (${faults[0]}): ${list}`;
}
