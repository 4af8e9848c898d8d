// Finds out all that the preconditions of live trading look at. Nothing is written here, and what cannot be found out is
// said as such: one answer that is missing must not hide the others.
import { inTransaction, type Sql } from "../../engine/database/mod.ts";
import { counted } from "../../engine/errors/mod.ts";
import { type Exchange, type Market, openExchange } from "../../engine/exchanges/mod.ts";
import { verifyJournal } from "../../engine/journal/mod.ts";
import { KillSwitch, venueSkewMs } from "../../engine/live/mod.ts";
import { type KeySecrets, modeInForce, type Vault } from "../../engine/security/mod.ts";
import type { Settings } from "../../engine/settings/mod.ts";
import { systemClock } from "../../engine/time/mod.ts";
import { auditLogOn } from "../audit.ts";
import { lastKillDrill } from "../kill_drill_record.ts";
import { tradingHosts, venueHost } from "../service_hosts.ts";
import { accountKeyOf, testedOn } from "../tested_key.ts";
import type { LiveWish } from "./live_wish.ts";
import { isUnknown, type LiveEvidence, type Unknown } from "./preconditions.ts";
import { type UnfinishedSession, unfinishedSessionOf } from "./unfinished_session.ts";

/** How it is found out. */
export interface EvidenceSources {
  readonly sql: Sql;
  readonly settings: Pick<Settings, "dataDir" | "databaseUrl">;
  readonly openVault: () => Promise<Vault>;
}

/** What was found out, and what a session begins with where all of it holds. */
export interface Found {
  readonly evidence: LiveEvidence;
  readonly secrets: KeySecrets | Unknown;
  readonly venue: string | Unknown;
  /** Terms of the markets at the venue, in the order of the wish. */
  readonly markets: readonly Market[];
  /** What the account has of the markets' quote currency. */
  readonly cashQuote: number;
  readonly requestExpiryMs: number | null;
  /** A session that goes on; null: a new one begins. */
  readonly unfinished: UnfinishedSession | null;
}

const TIMEOUT_MS = 5_000;

/** Looks at everything, as far as one thing does not need another. */
export async function findEvidence(wish: LiveWish, { sql, settings, openVault }: EvidenceSources): Promise<Found> {
  const { account, exchangeUrl } = wish, vault = await perhaps(openVault);
  const key = isUnknown(vault) ? vault : await perhaps(() => vault.row(account));
  const secrets = isUnknown(vault) ? vault : isUnknown(key) ? key : await perhaps(() => vault.secrets(account));
  const venue = isUnknown(key) ? key : key.venue;
  const atVenue = await lookAtVenue(wish, venue, secrets);
  const session = isUnknown(key) ? null : await unfinishedSessionOf(sql, wish, key);
  const log = auditLogOn(sql, settings);
  return {
    secrets,
    venue,
    markets: atVenue.found,
    cashQuote: atVenue.cashQuote,
    requestExpiryMs: atVenue.requestExpiryMs,
    unfinished: session !== null && typeof session !== "string" ? session : null,
    evidence: {
      nowMs: systemClock.now(),
      wish,
      mode: await modeInForce(sql, account, systemClock.now()),
      key,
      test: atVenue.test,
      place: isUnknown(venue) ? venue : {
        host: venueHost(venue, exchangeUrl),
        isKnown: tradingHosts(venue, exchangeUrl).length > 0,
      },
      kill: new KillSwitch(settings.dataDir).read(),
      drill: await lastKillDrill(sql, settings),
      audit: await perhaps(async () => (await log.verify()).faults.map(({ message }) => message)),
      journal: await perhaps(() => journalFaults(sql)),
      markets: atVenue.markets,
      skewMs: atVenue.skewMs,
      durable: await durability(sql),
      session: typeof session === "string" ? session : null,
      typed: null,
    },
  };
}

interface AtVenue extends Pick<LiveEvidence, "test" | "markets" | "skewMs"> {
  readonly found: readonly Market[];
  readonly cashQuote: number;
  readonly requestExpiryMs: number | null;
}

async function lookAtVenue(
  wish: LiveWish,
  venue: string | Unknown,
  secrets: KeySecrets | Unknown,
): Promise<AtVenue> {
  const nothing = (unknown: Unknown): AtVenue => ({
    ...{ test: unknown, markets: unknown, skewMs: unknown, found: [], cashQuote: 0, requestExpiryMs: null },
  });
  if (isUnknown(venue)) return nothing(venue);
  const { exchangeUrl } = wish;
  const exchange = await perhaps(() =>
    openExchange(venue, {
      ...(isUnknown(secrets) ? {} : { key: accountKeyOf(secrets) }),
      ...(exchangeUrl === null ? {} : { baseUrl: exchangeUrl }),
      timeoutMs: TIMEOUT_MS,
    })
  );
  if (isUnknown(exchange)) return nothing(exchange);
  try {
    const test = isUnknown(secrets) ? secrets : await perhaps(() => testedOn(exchange, venue, exchangeUrl));
    const skewMs = await perhaps(() => venueSkewMs(exchange, systemClock));
    const { capabilities: { requestExpiryMs } } = exchange;
    return { test, skewMs, requestExpiryMs, ...await marketsOf(exchange, wish, isUnknown(secrets)) };
  } finally {
    await exchange.close();
  }
}

async function marketsOf(exchange: Exchange, { symbols }: LiveWish, isKeyless: boolean) {
  const none = { found: [], cashQuote: 0 }, markets = await exchange.markets();
  if (markets.kind !== "done") return { ...none, markets: { unknown: markets.reason } };
  const found = symbols.flatMap((symbol) => markets.value.filter((own) => own.symbol === symbol).slice(0, 1));
  const faults = symbols.flatMap((symbol) => {
    const market = found.find((own) => own.symbol === symbol);
    if (market === undefined) return [`${exchange.id} has no market ${symbol}: deno task candles list shows names`];
    if (market.kind !== "spot") return [`${symbol} at ${exchange.id} is a contract: a session trades spot markets`];
    if (!market.isActive) return [`${symbol} is not traded at ${exchange.id} now: leave it out`];
    return market.tick === null || market.lot === null ? [`${exchange.id} does not tell the grid of ${symbol}`] : [];
  });
  const quotes = [...new Set(found.map(({ quote }) => quote))];
  if (quotes.length > 1) {
    faults.push(`the markets are against ${quotes.join(" and ")}: one session counts in one of them`);
  }
  if (isKeyless || quotes.length !== 1) return { found, cashQuote: 0, markets: faults };
  const balances = await exchange.balances();
  if (balances.kind !== "done") return { ...none, markets: { unknown: balances.reason } };
  const cashQuote = Number(balances.value.find(({ asset }) => asset === quotes[0])?.total ?? 0);
  if (!(cashQuote > 0)) faults.push(`the account has no ${quotes[0]}: put some there`);
  return { found, cashQuote, markets: faults };
}

async function journalFaults(sql: Sql): Promise<string[]> {
  const { faults } = await inTransaction(sql, verifyJournal, { isolation: "repeatable read", readOnly: true });
  return faults.map(({ account, message }) => `${account}: ${message}`)
    .concat(faults.length > 1 ? [counted(faults.length, "fault")] : []);
}

/** What makes a commit outlive a loss of power. */
async function durability(sql: Sql): Promise<Readonly<Record<string, string>>> {
  const [row] = await sql<Record<string, string>[]>`
    select current_setting('fsync') as fsync, current_setting('synchronous_commit') as synchronous_commit,
      current_setting('full_page_writes') as full_page_writes`;
  return { ...row! };
}

/** What it gives, or why it does not. */
async function perhaps<T>(find: () => T | Promise<T>): Promise<T | Unknown> {
  try {
    return await find();
  } catch (error) {
    return { unknown: (error as Error).message };
  }
}
