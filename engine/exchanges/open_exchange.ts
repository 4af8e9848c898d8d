import { didYouMean, InputError } from "../errors/mod.ts";
import { ProcessBudget, type RateLimit, type RequestBudget } from "../market/mod.ts";
import { type Clock, systemClock } from "../time/mod.ts";
import type { AccountKey } from "./account_key.ts";
import { BudgetGate } from "./budget_gate.ts";
import { openClient } from "./ccxt_client.ts";
import { CcxtExchange } from "./ccxt_exchange.ts";
import type { Dialect } from "./dialect.ts";
import { BINANCE } from "./dialects/binance.ts";
import { BINANCE_USDM } from "./dialects/binance_usdm.ts";
import { ccxtDialect } from "./dialects/ccxt.ts";
import { COINBASE } from "./dialects/coinbase.ts";
import type { Exchange } from "./exchange.ts";

/** The loopback exchange speaks Binance's dialect; what it trades has a name of its own in the lake. */
const LOOPBACK: Dialect = { ...BINANCE, id: "loopback" };

/** Venues with an adapter of their own. */
export const DIALECTS: readonly Dialect[] = [BINANCE, BINANCE_USDM, COINBASE, LOOPBACK];

/** How a venue is reached. */
export interface ExchangeOptions {
  /** Where requests go in place of the venue's own hosts; needed for `loopback`. */
  readonly baseUrl?: string;
  /** For what is not public. */
  readonly key?: AccountKey;
  /** Shared by all that call the venue from this address; without it, one of this process. */
  readonly budget?: RequestBudget;
  /** Whom the venue counts; `here` unless stated. */
  readonly address?: string;
  /** What the venue allows where that is not what it tells everybody, as a special agreement or an exchange of one's own. */
  readonly limit?: Partial<Omit<RateLimit, "venue" | "address" | "name" | "shape">>;
  /** The part of the limit that is for this process, where another one of the same account has the rest; all without it. */
  readonly share?: number;
  readonly clock?: Clock;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

const TIMEOUT_MS = 10_000;
const BODY_BYTES_MAX = 20_000_000;
/** The largest frames of venues are snapshots of books, a few million letters long. */
const FRAME_LENGTH_MAX = 8_000_000;
const processBudget = new ProcessBudget(systemClock);

/**
 * Opens the adapter of a venue: `binance`, `binance-usdm`, `coinbase`, `loopback`, or any exchange of ccxt by its id there.
 *
 * @throws {InputError} `exchange` for one that does not exist, `exchange-url` where an address is missing or is none.
 */
export async function openExchange(id: string, options: ExchangeOptions = {}): Promise<Exchange> {
  const { baseUrl, clock = systemClock, budget = processBudget, address = "here" } = options;
  if (id === "loopback" && baseUrl === undefined) {
    throw new InputError("exchange-url", "the loopback exchange has no address: start it and state its --exchange-url");
  }
  if (baseUrl !== undefined && !/^https?:\/\/[^/?#\s]+\/?$/.test(baseUrl)) {
    throw new InputError(
      "exchange-url",
      `"${baseUrl}" is no address of an exchange: write it like http://127.0.0.1:8090`,
    );
  }
  const dialect = DIALECTS.find((own) => own.id === id) ?? await otherDialect(id);
  // Requests that go elsewhere are counted there.
  const whole = { ...dialect.limit, ...options.limit };
  const weight = Math.max(1, Math.floor(whole.weight * (options.share ?? 1)));
  const limit = { ...whole, weight, venue: baseUrl ?? dialect.ccxtId, address };
  const client = await openClient(dialect, {
    gate: new BudgetGate(limit, budget, clock),
    timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
    bodyBytesMax: BODY_BYTES_MAX,
    frameLengthMax: FRAME_LENGTH_MAX,
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(options.key === undefined ? {} : { key: options.key }),
  });
  return new CcxtExchange(client, dialect, options.signal);
}

/** @throws {InputError} `exchange` for one that does not exist. */
export async function checkExchange(id: string): Promise<void> {
  if (!DIALECTS.some((own) => own.id === id)) await otherDialect(id);
}

async function otherDialect(id: string): Promise<Dialect> {
  const { default: ccxt } = await import("ccxt");
  const names = (ccxt as unknown as { exchanges: readonly string[] }).exchanges;
  if (!names.includes(id)) {
    const known = [...DIALECTS.map((own) => own.id), ...names];
    throw new InputError("exchange", `there is no exchange "${id}"${didYouMean(id, known) || ": use an id of ccxt"}`);
  }
  const Class = (ccxt as unknown as Record<string, new () => { rateLimit: number }>)[id]!;
  return ccxtDialect(id, id, new Class().rateLimit);
}
