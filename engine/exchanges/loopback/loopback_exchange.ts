import { systemClock } from "../../time/mod.ts";
import type { Clock } from "../../time/mod.ts";
import { BinanceApi, type LoopbackKey } from "./binance_api.ts";
import { BinanceStreams } from "./binance_streams.ts";
import { CoinbaseApi, isCoinbasePath } from "./coinbase_api.ts";
import { CoinbaseStreams } from "./coinbase_streams.ts";
import type { CoinbaseKey } from "./coinbase_token.ts";
import { type FaultPlan, Faults } from "./faults.ts";
import { faultyAnswer, hasWords } from "./faulty_answer.ts";
import { FaultyClock } from "./faulty_clock.ts";
import type { LoopbackMarket } from "./loopback_market.ts";
import { type LoopbackAccountOptions, LoopbackVenue } from "./loopback_venue.ts";
import { RequestLimit, type RequestLimitOptions } from "./request_limit.ts";

/** What a loopback exchange is made of. */
export interface LoopbackExchangeOptions {
  readonly markets: readonly LoopbackMarket[];
  /** Time of the markets; the system's unless stated. */
  readonly clock?: Clock;
  /** Time by which requests are limited and their timestamps checked; the system's unless stated. */
  readonly requestClock?: Clock;
  /** 0, any free one, unless stated. */
  readonly port?: number;
  readonly account?: LoopbackAccountOptions;
  readonly limit?: RequestLimitOptions;
  readonly key?: LoopbackKey;
  /** Key for Coinbase's dialect; without one nothing signed is let in there. */
  readonly coinbaseKey?: CoinbaseKey | null;
  readonly faults?: FaultPlan;
}

/** A running loopback exchange, and what a test may know of it. */
export interface LoopbackExchange {
  /** As `http://127.0.0.1:40123`, in place of a venue's own host; sockets are at the same port. */
  readonly url: string;
  readonly key: LoopbackKey;
  readonly venue: LoopbackVenue;
  readonly limit: RequestLimit;
  readonly faults: Faults;
  /** True: sockets stay open, and nothing comes through them. */
  isSilent: boolean;
  /** Breaks all sockets. */
  disconnect(): void;
  close(): Promise<void>;
}

/** Key of the account where none is stated. */
export const LOOPBACK_KEY: LoopbackKey = { apiKey: "loopback", secret: "loopback-secret" };

/**
 * Starts a server on loopback that answers as Binance's spot API does, and below `/api/v3/brokerage/` as Coinbase's Advanced
 * Trade API, so that a client made for either venue can trade on it without a change.
 */
export function startLoopbackExchange(options: LoopbackExchangeOptions): LoopbackExchange {
  const { markets, clock = systemClock, requestClock = systemClock, port = 0, key = LOOPBACK_KEY } = options;
  const { coinbaseKey = null } = options;
  const venue = new LoopbackVenue(markets, clock, options.account),
    limit = new RequestLimit(requestClock, options.limit);
  const faults = new Faults(options.faults), faultyClock = new FaultyClock(requestClock, faults);
  const binance = new BinanceApi(venue, limit, key, faults, faultyClock);
  const coinbase = new CoinbaseApi(venue, limit, coinbaseKey, faults, faultyClock);
  const sockets = new Set<BinanceStreams | CoinbaseStreams>();
  const server = Deno.serve({ hostname: "127.0.0.1", port, onListen: () => {} }, (request) => {
    if (request.headers.get("upgrade") === "websocket") {
      const { socket, response } = Deno.upgradeWebSocket(request);
      const isSilent = () => exchange.isSilent;
      // Coinbase's sockets are at the root, Binance's at paths of their own.
      const streams = new URL(request.url).pathname === "/"
        ? new CoinbaseStreams(venue, socket, coinbaseKey, faults, faultyClock, isSilent)
        : new BinanceStreams(venue, socket, key, faults, faultyClock, isSilent);
      sockets.add(streams);
      socket.addEventListener("close", () => sockets.delete(streams));
      return response;
    }
    const api = isCoinbasePath(new URL(request.url).pathname) ? coinbase : binance;
    const fault = faults.draw("answer", api.deedOf(request), (name) => hasWords(api.words, name));
    if (fault === null) return api.answer(request);
    return faultyAnswer(fault, api.words, request.signal, () => api.answer(request));
  });
  const exchange: LoopbackExchange = {
    url: `http://127.0.0.1:${server.addr.port}`,
    key,
    venue,
    limit,
    faults,
    isSilent: false,
    disconnect: () => sockets.forEach((own) => own.close()),
    async close() {
      exchange.disconnect();
      await server.shutdown();
    },
  };
  return exchange;
}
