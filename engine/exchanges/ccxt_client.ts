// The only file that loads ccxt: 0.9 s and 80 MB, so not before the first call that needs it.
import { crashPoint } from "../time/mod.ts";
import type { AccountKey } from "./account_key.ts";
import { type Call, HeldBack, presentCall, unsent } from "./call.ts";
import type { BudgetGate } from "./budget_gate.ts";
import type { Dialect } from "./dialect.ts";
import { isShallow } from "./json_text.ts";
import { type Answer, atBase, sendRequest, type TransportOptions } from "./transport.ts";

/** What of the library's exchanges is used; its answers are unknown until a schema has looked at them. */
export interface CcxtClient {
  readonly has: Record<string, unknown>;
  /** Frames of its sockets. */
  frames: number;
  /** Frames of its sockets that were too large, too deep or no JSON. */
  droppedFrames: number;
  milliseconds(): number;
  readonly timeframes: Record<string, string> | undefined;
  markets: Record<string, unknown> | undefined;
  fetchTime(): Promise<unknown>;
  loadMarkets(reload?: boolean): Promise<Record<string, unknown>>;
  fetchOHLCV(symbol: string, timeframe: string, since: number, limit: number, params: object): Promise<unknown>;
  fetchTrades(symbol: string, since: number | undefined, limit: number | undefined, params: object): Promise<unknown>;
  fetchTicker(symbol: string): Promise<unknown>;
  fetchOrderBook(symbol: string, limit: number | undefined): Promise<unknown>;
  fetchFundingRateHistory(symbol: string, since: number, limit: number | undefined, params: object): Promise<unknown>;
  fetchBalance(): Promise<unknown>;
  fetchOpenOrders(symbol: string): Promise<unknown>;
  fetchOrders(symbol: string, since?: number, limit?: number, params?: object): Promise<unknown>;
  fetchClosedOrders(symbol: string): Promise<unknown>;
  fetchCanceledOrders(symbol: string): Promise<unknown>;
  fetchOrder(id: string | undefined, symbol: string, params: object): Promise<unknown>;
  fetchMyTrades(symbol: string, since: number | undefined, limit: number | undefined, params: object): Promise<unknown>;
  createOrder(
    symbol: string,
    type: string,
    side: string,
    amount: string,
    price: string | undefined,
    params: object,
  ): Promise<unknown>;
  /** A price on the market's grid, the nearest one. */
  priceToPrecision(symbol: string, price: number): string;
  cancelOrder(id: string | undefined, symbol: string, params: object): Promise<unknown>;
  watchOHLCV(symbol: string, timeframe: string): Promise<unknown>;
  watchTrades(symbol: string): Promise<unknown>;
  watchTicker(symbol: string): Promise<unknown>;
  watchOrderBook(symbol: string): Promise<unknown>;
  watchOrders(symbol: string): Promise<unknown>;
  watchMyTrades(symbol: string): Promise<unknown>;
  watchBalance(): Promise<unknown>;
  /** The library's own names of Binance's and Coinbase's endpoints. */
  sapiGetAccountApiRestrictions?(params: object): Promise<unknown>;
  v3PrivateGetBrokerageKeyPermissions?(params: object): Promise<unknown>;
  close(): Promise<unknown>;
}

/** The parts of the library's class that are replaced. */
interface CcxtParts extends CcxtClient {
  apiKey: string | undefined;
  secret: string | undefined;
  password: string | undefined;
  number: (text: string) => unknown;
  newUpdates: boolean;
  calculateRateLimiterCost(api: unknown, method: string, path: string, params: object, config: object): unknown;
  sign(path: string, api: unknown, method: string, params: object, headers?: object, body?: unknown): SignedRequest;
  parseJson(text: string): unknown;
  handleErrors(...args: unknown[]): unknown;
  handleHttpStatusCode(status: number, reason: string, url: string, method: string, body: string): void;
  fetch2: (
    path: string,
    api: unknown,
    method: string,
    params: object,
    headers?: object,
    body?: unknown,
    config?: object,
  ) => Promise<unknown>;
  fetch: (url: string, method: string, headers: unknown, body: unknown) => Promise<unknown>;
  client(url: string): CcxtSocket;
}

interface SignedRequest {
  readonly url: string;
  readonly method: string;
  readonly headers?: Record<string, string> | undefined;
  readonly body?: string | undefined;
}

interface CcxtSocket {
  onMessage: (event: { data: unknown }) => void;
  log: (...args: unknown[]) => void;
  future: (name: string) => Promise<unknown>;
}

/** What a client is made with. */
export interface ClientOptions extends TransportOptions {
  readonly gate: BudgetGate;
  /** Largest frame of a socket that is parsed (fault 42). */
  readonly frameLengthMax: number;
  /** In place of the network, for fuzzing. */
  readonly send?: typeof sendRequest;
  readonly key?: AccountKey;
}

/** Loads the library and dresses one of its exchanges: exact decimals, our transport, our budget. */
export async function openClient(dialect: Dialect, options: ClientOptions): Promise<CcxtClient> {
  const { default: ccxt } = await import("ccxt");
  return dressedClient(ccxt as unknown as Library, dialect, options);
}

/** How many rows of a stream the library keeps: each is taken as it comes, and what is missed is read by other ways. */
const KEPT_ROWS = { tradesLimit: 250, ordersLimit: 250, OHLCVLimit: 10 };

type Library = { pro: Record<string, new (config: object) => unknown> } & Record<string, unknown>;

function dressedClient(ccxt: Library, dialect: Dialect, options: ClientOptions): CcxtClient {
  const Class = ccxt.pro[dialect.ccxtId] ?? ccxt[dialect.ccxtId] as new (config: object) => unknown;
  const client = new Class({ options: { ...KEPT_ROWS, ...dialect.options }, newUpdates: true }) as CcxtParts;
  client.frames = client.droppedFrames = 0;
  const { gate, key } = options;
  // The library makes numbers of money; texts stay exact. Its books take away levels of nothing by a false 0.
  client.number = (text) => /^[+-]?0*\.?0*$/.test(text) ? 0 : String(text);
  client.milliseconds = () => gate.clock.now();
  if (key !== undefined) key.give(client);
  client.fetch2 = async (path, api, method, params, headers, body, config = {}) => {
    const call = presentCall();
    call.request = unsent();
    const cost = Number(client.calculateRateLimiterCost(api, method, path, params, config));
    const weight = Math.max(1, Math.ceil(dialect.weight(Number.isFinite(cost) ? cost : 1, String(api)) - 1e-9));
    const grant = await gate.enter(weight, call.use, call.signal);
    let answer: Answer | null = null;
    try {
      // Signed only now: the request's own expiry counts from here.
      const request = client.sign(path, api, method, params, headers, body);
      if (call.effect === "order") crashPoint("after sign");
      answer = await answered(request, call, options);
      return taken(client, request, answer, call);
    } finally {
      await gate.leave(grant, {
        status: answer?.status ?? null,
        ...usedWeight(answer, dialect),
        ...retryAfter(answer),
      });
    }
  };
  const ownSocket = client.client.bind(client);
  client.client = (url) => guardedSocket(ownSocket(atBase(url, options.baseUrl)), options.frameLengthMax, client);
  return client;
}

async function answered(request: SignedRequest, call: Call, options: ClientOptions): Promise<Answer> {
  const { url, method, headers = {}, body } = request;
  const answer = await (options.send ?? sendRequest)(
    url,
    { method, headers: withoutUndefined(headers), body: body ?? undefined, signal: call.signal },
    options,
    () => {
      if (method !== "GET") lookLast(call);
      call.request.wasSent = true;
      call.mayHaveChanged ||= method !== "GET";
    },
  );
  if (call.effect === "order") crashPoint("response received");
  call.request.status = answer.status;
  return answer;
}

/** @throws {HeldBack} */
function lookLast({ effect, lastLook }: Call): void {
  if (effect === "order") crashPoint("before lease re-check");
  const reason = lastLook();
  if (reason !== null) throw new HeldBack(reason);
  if (effect === "order") crashPoint("after lease re-check");
}

/** The answer as the library parses it, after its own look for a refusal. */
function taken(client: CcxtParts, { url, method, headers, body }: SignedRequest, answer: Answer, call: Call): unknown {
  const { status, text } = answer;
  const parsed = isShallow(text) ? client.parseJson(text) : undefined;
  call.request.isJson = typeof parsed === "object" && parsed !== null;
  call.request.code = call.request.isJson ? codeIn(parsed as Record<string, unknown>) : null;
  const told = Object.fromEntries(answer.headers);
  const isHandled = client.handleErrors(status, "", url, method, told, text, parsed, headers, body);
  if (isHandled === undefined) client.handleHttpStatusCode(status, "", url, method, text);
  if (status >= 400 || !call.request.isJson) throw new UnreadableAnswer(status);
  return parsed;
}

/** An answer that is no JSON, or an error that the library does not know. */
export class UnreadableAnswer extends Error {
  override readonly name = "UnreadableAnswer";
  constructor(status: number) {
    super(`an answer with status ${status} cannot be read`);
  }
}

function codeIn(answer: Record<string, unknown>): string | null {
  const code = answer.code ?? answer.error;
  return typeof code === "string" || typeof code === "number" ? String(code) : null;
}

function usedWeight(answer: Answer | null, { usedWeightHeader }: Dialect): { usedWeight?: number } {
  const told = usedWeightHeader === null ? null : answer?.headers.get(usedWeightHeader);
  return told && /^\d{1,9}$/.test(told) ? { usedWeight: Number(told) } : {};
}

/** Seconds, as venues write it; a day at most, as a ban of months is a mistake that a person has to look at. */
function retryAfter(answer: Answer | null): { retryAfterMs?: number } {
  const told = answer?.headers.get("retry-after");
  return told && /^\d{1,9}$/.test(told) ? { retryAfterMs: Math.min(Number(told), 4 * 86_400) * 1000 } : {};
}

/**
 * Frames that are too large or too deep are dropped before they are parsed, those that are no JSON when they are, and the
 * socket is left to go on (fault 42).
 */
function guardedSocket(
  socket: CcxtSocket & { isGuarded?: boolean },
  lengthMax: number,
  counts: Pick<CcxtClient, "frames" | "droppedFrames">,
): CcxtSocket {
  if (socket.isGuarded) return socket;
  socket.isGuarded = true;
  const take = socket.onMessage.bind(socket);
  socket.onMessage = (event) => {
    const { data } = event;
    counts.frames++;
    const isFit = typeof data !== "string" || (data.length <= lengthMax && isShallow(data) && isJsonLike(data));
    if (isFit) take(event);
    else counts.droppedFrames++;
  };
  // Some promises of the library are for others that may come: refused while nobody waits, one would end the process.
  const future = socket.future.bind(socket);
  socket.future = (name) => {
    const own = future(name);
    own.catch(() => {});
    return own;
  };
  // The library prints what it cannot parse.
  socket.log = (_, what) => {
    if (what === "onMessage JSON.parse") counts.droppedFrames++;
  };
  return socket;
}

/** What does not begin and end as JSON does is handed on by the library; single words are the heartbeats of some venues. */
function isJsonLike(text: string): boolean {
  const ends = `${text[0]}${text.trimEnd().at(-1)}`;
  return ends === "{}" || ends === "[]" || /^\w{1,16}$/.test(text);
}

function withoutUndefined(headers: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined)) as Record<
    string,
    string
  >;
}
