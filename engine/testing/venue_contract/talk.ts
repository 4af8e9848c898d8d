// Test support only: what the cards of the venue contract ask for, in the words of each dialect's unmodified client.
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import type { LoopbackExchangeOptions } from "../../exchanges/mod.ts";
import { type Client, clientOf, coinbaseClientOf, type LoopbackDesk, openDesk } from "../loopback_client.ts";

export const BTC = "BTC/USDT";

/** A dialect of the loopback exchange, and what its venue does not have: by card or by fault. */
export interface Speaker {
  readonly name: string;
  /** Why a card does not apply. */
  readonly lacks: Readonly<Record<string, string>>;
  talk(options: Partial<LoopbackExchangeOptions>): Promise<Talk>;
}

/** One conversation of a client with the exchange. */
export interface Talk {
  readonly desk: LoopbackDesk;
  readonly client: Client;
  /** Messages that its sockets have brought. */
  readonly frames: readonly unknown[];
  buy(quantity: number, name?: string): Promise<Client>;
  limit(side: string, quantity: number, price: number, name?: string): Promise<Client>;
  /** A stop-limit order that sells. */
  stop(quantity: number, trigger: number): Promise<Client>;
  /** An order as it stands in the request, whatever the client would make of it. */
  raw(quantity: string, price: string, name?: string): Promise<unknown>;
  named(name: string): Promise<Client | null>;
  /** All fills, page by page. */
  allFills(): Promise<Client[]>;
  total(asset: string): Promise<number>;
  last(): Promise<number>;
  /** True for a message that tells of a trade of the account. */
  isTrade(message: unknown): boolean;
  /** First and last number of what a message changes of the book; null for others. */
  numbersOf(message: unknown): readonly [first: number, last: number] | null;
  close(): Promise<void>;
}

type Own = Pick<Talk, "buy" | "stop" | "raw" | "named" | "allFills" | "total" | "isTrade" | "numbersOf">;

/** @param nameParameter The client's own word for an order's name. */
function talkOf(desk: LoopbackDesk, client: Client, nameParameter: string, own: Own): Talk {
  const frames: unknown[] = [], handle = client.handleMessage.bind(client);
  client.handleMessage = (socket: unknown, message: unknown) => {
    frames.push(message);
    return handle(socket, message);
  };
  const params = (name?: string) => name === undefined ? {} : { [nameParameter]: name };
  return {
    desk,
    client,
    frames,
    limit: (side, quantity, price, name) => client.createOrder(BTC, "limit", side, quantity, price, params(name)),
    last: async () => (await client.fetchTrades(BTC, undefined, 1)).at(-1).price,
    async close() {
      await client.close();
      await desk.close();
    },
    ...own,
  };
}

export const BINANCE_SPEAKER: Speaker = {
  name: "Binance spot",
  lacks: {},
  async talk(options) {
    const desk = openDesk(options), client = clientOf(desk.exchange, desk.exchange.key);
    await client.loadMarkets();
    return talkOf(desk, client, "clientOrderId", {
      buy: (quantity, name) =>
        client.createOrder(
          BTC,
          "market",
          "buy",
          quantity,
          undefined,
          name === undefined ? {} : { clientOrderId: name },
        ),
      stop: (quantity, trigger) =>
        client.createOrder(BTC, "limit", "sell", quantity, Math.floor(trigger * 0.99), { stopLossPrice: trigger }),
      raw: (quantity, price, name) =>
        client.privatePostOrder({
          symbol: "BTCUSDT",
          side: "BUY",
          type: "LIMIT",
          timeInForce: "GTC",
          quantity,
          price,
          ...(name === undefined ? {} : { newClientOrderId: name }),
        }),
      named: (name) => client.fetchOrder(undefined, BTC, { origClientOrderId: name }).catch(nothing),
      async allFills() {
        const fills = new Map<string, Client>();
        for (let fromId = 1;; fromId = Math.max(...[...fills.keys()].map(Number))) {
          const before = fills.size;
          for (const fill of await client.fetchMyTrades(BTC, undefined, undefined, { fromId })) {
            fills.set(fill.id, fill);
          }
          if (fills.size === before) return [...fills.values()];
        }
      },
      total: async (asset) => (await client.fetchBalance())[asset]?.total ?? 0,
      numbersOf: (message) => {
        const { e, U, u } = message as Client;
        return e === "depthUpdate" ? [U, u] : null;
      },
      isTrade: (message) => (message as Client)?.event?.x === "TRADE" || (message as Client)?.x === "TRADE",
    });
  },
};

const KEY_NAME = "organizations/loopback/apiKeys/1";
const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
const pem = (key: KeyObject, type: "sec1" | "spki") => key.export({ type, format: "pem" } as never) as string;

export const COINBASE_SPEAKER: Speaker = {
  name: "Coinbase Advanced Trade",
  lacks: {
    "A12 replace": "its client cannot amend an order there by cancel and replace",
    "B18 order": "its news of an order is one message",
    "B19": "its answer to a cancel states no amounts",
    "B23 elsewhere": "all its fees are in the quote asset",
    "B27 news": "it has no channel of balances",
    "C41 heard": "its client does not look at the numbers of messages",
    "D44 ban": "it tells nobody of a ban",
  },
  async talk(options) {
    const desk = openDesk({
      coinbaseKey: { apiKey: KEY_NAME, publicKey: pem(keys.publicKey, "spki") },
      ...options,
      account: { feeAsset: "quote", ...options.account },
    });
    const client = coinbaseClientOf(desk.exchange, { apiKey: KEY_NAME, secret: pem(keys.privateKey, "sec1") });
    await client.loadMarkets();
    return talkOf(desk, client, "client_order_id", {
      buy: (quantity, name) =>
        client.createOrder(BTC, "market", "buy", quantity, undefined, {
          ...(name === undefined ? {} : { client_order_id: name }),
          order_configuration: { market_market_ioc: { base_size: `${quantity}` } },
        }),
      stop: (quantity, trigger) =>
        client.createOrder(BTC, "limit", "sell", quantity, Math.floor(trigger * 0.99), { stopLossPrice: trigger }),
      raw: (base_size, limit_price, name = `raw-${desk.exchange.venue.orders.length}`) =>
        client.v3PrivatePostBrokerageOrders({
          client_order_id: name,
          product_id: "BTC-USDT",
          side: "BUY",
          order_configuration: { limit_limit_gtc: { base_size, limit_price, post_only: false } },
        }),
      named: async (name) => (await client.fetchOrders(BTC)).find((own: Client) => own.clientOrderId === name) ?? null,
      async allFills() {
        const fills = new Map<string, Client>();
        for (let cursor: string | undefined = "";;) {
          const rows: Client[] = await client.fetchMyTrades(BTC, undefined, undefined, cursor === "" ? {} : { cursor });
          for (const fill of rows) fills.set(fill.id, fill);
          cursor = rows.map((own: Client) => own.info.cursor).find(Boolean);
          if (cursor === undefined) return [...fills.values()];
        }
      },
      total: async (asset) => (await client.fetchBalance({ v3: true }))[asset]?.total ?? 0,
      numbersOf: (message) => {
        const { sequence_num } = message as Client;
        return sequence_num === undefined ? null : [sequence_num, sequence_num];
      },
      isTrade: (message) => {
        const { channel, events } = message as Client;
        return channel === "user" && Number(events?.[0]?.orders?.[0]?.cumulative_quantity ?? 0) > 0;
      },
    });
  },
};

const nothing = () => null;
