// What somebody asks for who wants a session, as a command row of the journal holds it: any front end may write one.
import { z } from "zod";
import { bindStrategies } from "../../engine/backtest/mod.ts";
import { InputError } from "../../engine/errors/mod.ts";
import { findStrategy } from "../registry.ts";
import { LIVE_MODES, type LiveMode, type LiveWish } from "./live_wish.ts";
import { boundWithin, hoursSchema, type MarketTerms, planSchema, specOf } from "./session_plan.ts";

const schema = z.strictObject({
  autopilot: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, "a name has small letters, digits and dashes, as in main"),
  mode: z.enum(["paper", ...LIVE_MODES]),
  plan: planSchema,
  symbols: z.array(z.string()).min(1).max(100),
  hours: hoursSchema.nullable().default(null),
  /** On paper: cash at the start, seconds of the venue in one of ours, seed of its prices. */
  cashQuote: z.number().positive().default(100_000),
  speed: z.number().positive().max(60).default(30),
  seed: z.int().min(0).default(1),
  /** At a venue: the account, an address in place of the venue's own hosts, and what was typed to begin. */
  account: z.string().nullable().default(null),
  exchangeUrl: z.string().regex(/^https?:\/\/[^/?#\s@]+\/?$/).nullable().default(null),
  terms: z.string().nullable().default(null),
});

/** See {@linkcode checkedWish}. */
export type SessionWish = z.output<typeof schema>;

/** @throws {InputError} `session-wish` saying what is wrong, and the errors of a strategy that is none. */
export function checkedWish(body: unknown): SessionWish {
  const read = schema.safeParse(body);
  if (!read.success) throw new InputError("session-wish", `no session is asked for: ${z.prettifyError(read.error)}`);
  const { mode, account, exchangeUrl, plan, symbols, hours } = read.data;
  if (mode === "paper" && (account !== null || exchangeUrl !== null)) {
    throw new InputError("session-wish", "an account and an address are for a venue: leave them out on paper");
  }
  if (mode !== "paper" && account === null) {
    throw new InputError("session-wish", "say whose money: an account, as deno task keys list shows it");
  }
  // Said now, and not by a process that trades: what is wrong with the plan itself.
  const spec = specOf(plan, "loopback", loopbackMarkets(symbols), 1);
  boundWithin(bindStrategies(spec, findStrategy), hours);
  return read.data;
}

/** A wish for an account of a venue. */
export function liveWishOf({ mode, account, ...own }: SessionWish): LiveWish {
  const { autopilot, exchangeUrl, plan, symbols, hours } = own, live = mode as LiveMode;
  return { autopilot, mode: live, account: account!, exchangeUrl, plan, symbols, hours };
}

/** The grid of the loopback exchange, the same for each of its markets. */
export function loopbackMarkets(symbols: readonly string[]): readonly MarketTerms[] {
  return symbols.map((symbol) => ({ symbol, tick: "0.01", lot: "0.00001", minNotional: "5" }));
}
