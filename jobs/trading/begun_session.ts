// Begins sessions, on paper and with accounts of venues, and says what keeps them.
import type { Sql } from "../../engine/database/mod.ts";
import type { Notice } from "../../engine/notifications/mod.ts";
import type { Vault } from "../../engine/security/mod.ts";
import type { Settings } from "../../engine/settings/mod.ts";
import type { Charge } from "../supervisor.ts";
import type { Found } from "./live_evidence.ts";
import { startLive } from "./live_start.ts";
import type { LiveMode } from "./live_wish.ts";
import { beginPaperSession } from "./new_session.ts";
import { startPaperExchange } from "./paper_exchange.ts";
import type { Failing } from "./preconditions.ts";
import { sessionCharges } from "./session_charge.ts";
import { planText, specOf } from "./session_plan.ts";
import { liveWishOf, loopbackMarkets, type SessionWish } from "./session_wish.ts";

/** A session whose process is not running yet. */
export interface BegunSession {
  readonly kind: "begun";
  readonly id: string;
  readonly account: string;
  /** In words. */
  readonly about: string;
  /** The process that trades it, and the one that watches it where there is one. */
  readonly charges: readonly Charge[];
  /** Comes when there is nothing to trade at any more. */
  readonly ended: Promise<unknown>;
  /** Lets go of what was started with it. */
  release(): Promise<void>;
}

/** What it is begun with. */
export interface BeginParts {
  readonly sql: Sql;
  readonly settings: Settings;
  /** Hears what people are to be told. */
  readonly tell: (notice: Notice) => void;
  readonly openVault: () => Promise<Vault>;
  readonly askTerms: (terms: string, found: Found) => Promise<string>;
  /** Who asks, where that is not a person at this machine. */
  readonly actor?: string;
  /** The command row that asks for it, where one does: kept with the session. */
  readonly askedBy?: string;
}

/** A session, or all that keeps it from beginning. */
export async function beginSession(
  wish: SessionWish,
  parts: BeginParts,
): Promise<BegunSession | { readonly kind: "refused"; readonly failing: readonly Failing[] }> {
  return wish.mode === "paper" ? await onPaper(wish, parts) : await atVenue(wish, wish.mode, parts);
}

async function onPaper(wish: SessionWish, { sql, settings, tell, askedBy }: BeginParts): Promise<BegunSession> {
  const { autopilot, symbols, speed, seed, plan, cashQuote } = wish;
  const exchange = await startPaperExchange(symbols, speed, seed);
  try {
    const spec = specOf(plan, "loopback", loopbackMarkets(symbols), cashQuote);
    const { id, account } = await beginPaperSession(sql, {
      ...{ autopilot, spec, exchange: "loopback", exchangeUrl: exchange.url, clock: exchange.clock, seed },
      ...{ askedBy: askedBy ?? null, hours: wish.hours },
    });
    return {
      ...{ kind: "begun", id, account, ended: exchange.ended, release: () => exchange.stop() },
      about: `${planText(plan)} on ${symbols.join(", ")} at ${exchange.url}, ${speed} times as fast`,
      charges: sessionCharges({ name: autopilot, session: id, live: null }, settings, tell),
    };
  } catch (error) {
    await exchange.stop();
    throw error;
  }
}

async function atVenue(wish: SessionWish, mode: LiveMode, { sql, settings, tell, askedBy, ...parts }: BeginParts) {
  const begun = await startLive(liveWishOf(wish), { ...parts, sql, settings, askedBy: askedBy ?? null });
  if (begun.kind === "refused") return begun;
  const { session: { id, venue, host, goesOn }, secrets } = begun, { autopilot, exchangeUrl, plan, symbols } = wish;
  return {
    ...{ kind: "begun", id, account: wish.account!, ended: new Promise<never>(() => {}) } as const,
    about: `${goesOn ? "goes on with " : ""}${planText(plan)} on ${symbols.join(", ")} at ${host}, mode ${mode}`,
    charges: sessionCharges(
      { name: autopilot, session: id, live: { mode, venue, exchangeUrl, secrets } },
      settings,
      tell,
    ),
    release: () => Promise.resolve(),
  };
}
