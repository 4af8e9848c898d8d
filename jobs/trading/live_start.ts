// `autopilot start` on an account of a venue: all preconditions, then the session, told to the audit chain.
import type { Sql } from "../../engine/database/mod.ts";
import { assert } from "../../engine/errors/mod.ts";
import type { KeySecrets, Vault } from "../../engine/security/mod.ts";
import type { Settings } from "../../engine/settings/mod.ts";
import { toldTo } from "../audit.ts";
import { findEvidence, type Found } from "./live_evidence.ts";
import { type LiveSession, liveSession } from "./live_session.ts";
import type { LiveWish } from "./live_wish.ts";
import { type Failing, failingPreconditions, isUnknown, liveTerms, PRECONDITIONS } from "./preconditions.ts";

/** What became of it. */
export type LiveStart =
  | { readonly kind: "refused"; readonly failing: readonly Failing[] }
  | { readonly kind: "begun"; readonly session: LiveSession; readonly secrets: KeySecrets };

/** What is needed of the place where it is started. */
export interface LiveStartParts {
  readonly sql: Sql;
  readonly settings: Settings;
  readonly openVault: () => Promise<Vault>;
  /** Gives what the person has typed; asked only where all else holds. */
  readonly askTerms: (terms: string, found: Found) => Promise<string>;
  /** Who asks, where that is not a person at this machine. */
  readonly actor?: string;
  /** The command row that asks for it; null without. */
  readonly askedBy: string | null;
}

/** Begins a session, or takes one up; writes nothing where a precondition does not hold. */
export async function startLive(wish: LiveWish, parts: LiveStartParts): Promise<LiveStart> {
  const { sql, settings, askTerms, actor, askedBy } = parts;
  let vault: Promise<Vault> | null = null;
  // Whoever gives the passphrase is asked once.
  const sources = { sql, settings, openVault: () => vault ??= parts.openVault() };
  let found = await findEvidence(wish, sources);
  const before = PRECONDITIONS.filter(({ code }) => code !== "terms");
  let failing = failingPreconditions(found.evidence, before);
  if (failing.length > 0) return { kind: "refused", failing };
  const typed = wish.mode === "live" ? await askTerms(liveTerms(found.evidence), found) : null;
  // A person takes a while to type: meanwhile the mode may have lapsed, or another session have begun.
  if (typed !== null) found = await findEvidence(wish, sources);
  failing = failingPreconditions({ ...found.evidence, typed });
  if (failing.length > 0) return { kind: "refused", failing };
  const { secrets } = found;
  assert(!isUnknown(secrets), "the preconditions hold");
  const { key, test } = found.evidence;
  const act = {
    ...{ action: "session.start", subject: `${wish.account} ${wish.autopilot}`, mode: wish.mode },
    after: { wish, key: isUnknown(key) ? null : key.fingerprint, test },
    ...(actor === undefined ? {} : { actor }),
  };
  return {
    kind: "begun",
    session: await toldTo(sql, settings, act, () => liveSession(sql, wish, found, askedBy)),
    secrets,
  };
}

/** What does not hold, one a line. */
export function failingText(
  { account, mode }: { readonly account: string | null; readonly mode: string },
  failing: readonly Failing[],
): string {
  const things = failing.length === 1 ? "one thing is" : `${failing.length} things are`;
  return [
    `${account} is not traded in the mode ${mode}: ${things} missing, and nothing was begun`,
    ...failing.map(({ code, reason }) => `· ${code}: ${reason}`),
  ].join("\n");
}
