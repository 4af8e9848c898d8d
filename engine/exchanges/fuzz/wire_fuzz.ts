// Answers of venues in their recorded shapes, mutated at random: what an adapter takes in must be whole, whatever comes.
import { BudgetGate } from "../budget_gate.ts";
import { openClient } from "../ccxt_client.ts";
import { CcxtExchange } from "../ccxt_exchange.ts";
import type { Exchange } from "../exchange.ts";
import { AccountKey } from "../account_key.ts";
import { DIALECTS } from "../open_exchange.ts";
import { ProcessBudget } from "../../market/mod.ts";
import { SeededRandom, SimulatedClock, timeframe, type TimestampMs } from "../../time/mod.ts";
import { WIRE_SHAPES } from "./wire_shapes.ts";

/** What a fuzzing came to. */
export interface WireFuzz {
  readonly adapter: string;
  readonly frames: number;
  /** Answers that were taken in, and those that were turned away. */
  readonly accepted: number;
  readonly refused: number;
  /** What should never happen: an exception out of the port, or a value that is no number where there must be one. */
  readonly escaped: readonly string[];
  readonly heapMaxBytes: number;
}

const NOW = 1_800_000_000_000 as TimestampMs, MINUTE = timeframe("1m");
/** Values that are none, and extremes. */
const EVIL = [
  "NaN",
  '"NaN"',
  "null",
  "-1",
  '"-0.5"',
  "1e999",
  '"Infinity"',
  '""',
  "{}",
  "[]",
  "true",
  '"1e-400"',
  '"0x10"',
  '"12,5"',
  "1800000000000000",
  '"../../x"',
  `"${"9".repeat(200)}"`,
  "[[[[[[[[1]]]]]]]]",
  '"__proto__"',
];

/** Sends mutated answers through an adapter. @param frames How many. */
export async function fuzzWire(adapter: string, frames: number, seed: number): Promise<WireFuzz> {
  const dialect = DIALECTS.find(({ id }) => id === adapter)!, shapes = WIRE_SHAPES[adapter]!;
  const random = new SeededRandom(seed), pick = (length: number) => Math.floor(random.next() * length);
  let text = JSON.stringify(shapes.markets);
  const clock = new SimulatedClock(NOW);
  const limit = { ...dialect.limit, weight: 1e12, venue: adapter, address: "fuzz" };
  const client = await openClient(dialect, {
    gate: new BudgetGate({ ...limit, shape: "window", windowMs: 1e12, guardMs: 0 }, new ProcessBudget(clock), clock),
    send: (_url, _init, _options, onSend) => {
      onSend();
      return Promise.resolve({ status: 200, headers: new Headers(), text });
    },
    timeoutMs: 1_000,
    bodyBytesMax: 1_000_000,
    frameLengthMax: 1_000_000,
    key: new AccountKey({ apiKey: shapes.apiKey ?? "key", secret: shapes.secret ?? "secret" }),
  });
  const exchange = new CcxtExchange(client, dialect);
  await exchange.ticker(shapes.symbol); // loads the markets, from whole text
  const calls = Object.entries(shapes.answers), escaped: string[] = [];
  let accepted = 0, refused = 0, heapMaxBytes = 0;
  for (let frame = 0; frame < frames; frame++) {
    const [name, shape] = calls[pick(calls.length)]!;
    text = mutated(JSON.stringify(shape), pick);
    try {
      const outcome = await CALLS[name as keyof typeof CALLS](exchange, shapes.symbol);
      if (outcome.kind === "done") {
        accepted++;
        const wrong = wrongValue(outcome.value);
        if (wrong !== null) escaped.push(`${name} let ${wrong} through: ${text.slice(0, 200)}`);
      } else refused++;
    } catch (error) {
      escaped.push(`${name} threw ${error}: ${text.slice(0, 200)}`);
    }
    if (frame % 1_000 === 0) heapMaxBytes = Math.max(heapMaxBytes, Deno.memoryUsage().heapUsed);
  }
  return { adapter, frames, accepted, refused, escaped, heapMaxBytes };
}

const history = (symbol: string) => ({
  symbol,
  fromMs: 1_500_000_000_000 as TimestampMs,
  toMs: 1_900_000_000_000 as TimestampMs,
  limit: 100,
});
const CALLS = {
  candles: (exchange: Exchange, symbol: string) => exchange.candles({ ...history(symbol), timeframe: MINUTE }),
  trades: (exchange: Exchange, symbol: string) => exchange.trades(history(symbol)),
  ticker: (exchange: Exchange, symbol: string) => exchange.ticker(symbol),
  book: (exchange: Exchange, symbol: string) => exchange.book(symbol),
  funding: (exchange: Exchange, symbol: string) => exchange.funding(history(symbol)),
  keyPermissions: (exchange: Exchange) => exchange.keyPermissions(),
  balances: (exchange: Exchange) => exchange.balances(),
  openOrders: (exchange: Exchange, symbol: string) => exchange.openOrders(symbol),
  fills: (exchange: Exchange, symbol: string) => exchange.fills(history(symbol)),
  submit: (exchange: Exchange, symbol: string) =>
    exchange.submit({
      symbol,
      clientOrderId: "run-0-x-e0",
      side: "buy",
      kind: "limit",
      quantity: "0.01",
      limitPrice: "100",
      triggerPrice: null,
      timeInForce: "GTC",
      postOnly: false,
      reduceOnly: false,
    }),
};

/** One to three changes of a text: of a byte, of a stretch, or of a value. */
function mutated(text: string, pick: (length: number) => number): string {
  let own = text;
  for (let changes = 1 + pick(3); changes > 0; changes--) {
    const at = pick(own.length), length = pick(30);
    const kind = pick(6);
    if (kind === 0) own = own.slice(0, at) + String.fromCharCode(32 + pick(95)) + own.slice(at + 1);
    else if (kind === 1) own = own.slice(0, at) + own.slice(at + length);
    else if (kind === 2) own = own.slice(0, at + length) + own.slice(at);
    else if (kind === 3 && pick(4) === 0) own = own.slice(0, at);
    else {
      const values = [...own.matchAll(/"(?:[^"\\]|\\.)*"(?!\s*:)|-?\d+(?:\.\d+)?|true|false|null/g)];
      const value = values[pick(values.length)];
      if (value === undefined) continue;
      own = own.slice(0, value.index) + EVIL[pick(EVIL.length)] + own.slice(value.index + value[0].length);
    }
  }
  return own;
}

const NUMBERS = new Set([
  "open",
  "high",
  "low",
  "close",
  "volume",
  "price",
  "quantity",
  "bid",
  "ask",
  "last",
  "rate",
  "free",
  "used",
  "total",
  "filled",
  "fee",
  "triggerPrice",
]);

/** A value that is no number where there must be one, judged without the adapter's own schemas; null where all is well. */
function wrongValue(value: unknown, name = ""): string | null {
  if (typeof value === "number") return Number.isSafeInteger(value) ? null : `${name} ${value}`;
  if (value === undefined) return `${name} undefined`;
  if (typeof value === "string") {
    return NUMBERS.has(name) && (value.trim() === "" || !Number.isFinite(Number(value))) ? `${name} "${value}"` : null;
  }
  if (typeof value !== "object" || value === null) return null;
  const isLevel = Array.isArray(value) && typeof value[0] === "string";
  for (const [key, own] of Object.entries(value)) {
    const wrong = wrongValue(own, isLevel ? "price" : key);
    if (wrong !== null) return wrong;
  }
  return null;
}
