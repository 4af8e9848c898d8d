import type { Outcome } from "../../errors/mod.ts";
import { MINUTE_MS, type TimestampMs } from "../../time/mod.ts";
import type { Exchange, VenueTrade } from "../exchange.ts";
import type { TimeSpan } from "./candle_store.ts";

/** Most trades that are asked for at once, and the longest stretch that Binance's futures take for them. */
const PAGE = 1_000, WINDOW_MS = 60 * MINUTE_MS;

type Page = Outcome<readonly VenueTrade[]>;

/** All trades of a market in a stretch, page by page in their order; ends after a page that could not be had. */
export async function* tradePages(
  exchange: Exchange,
  symbol: string,
  { fromMs, toMs }: TimeSpan,
): AsyncGenerator<Page> {
  for (let startMs = fromMs; startMs < toMs;) {
    const span: TimeSpan = { fromMs: startMs, toMs: Math.min(toMs, startMs + WINDOW_MS) as TimestampMs };
    const first = await exchange.trades({ symbol, ...span, limit: PAGE });
    if (first.kind !== "done") return yield first;
    const { tradesById } = exchange.capabilities, isWhole = tradesById && first.value.length < PAGE;
    const window = isWhole ? first : await restOfWindow(exchange, symbol, span, first.value);
    yield window;
    if (window.kind !== "done") return;
    const last = window.value.at(-1);
    if (tradesById && last !== undefined && last.id !== null) {
      return yield* numberedPages(exchange, symbol, { fromMs: last.timeMs, toMs }, last.id);
    }
    startMs = span.toMs;
  }
}

/** What follows a trade, where the venue can be asked by numbers: nothing comes twice. */
async function* numberedPages(
  exchange: Exchange,
  symbol: string,
  span: TimeSpan,
  lastId: string,
): AsyncGenerator<Page> {
  for (let fromId = BigInt(lastId) + 1n;;) {
    const page = await exchange.trades({ symbol, ...span, limit: PAGE, fromId: `${fromId}` });
    if (page.kind !== "done") return yield page;
    if (page.value.length === 0) return;
    yield page;
    fromId = BigInt(page.value.at(-1)!.id!) + 1n;
  }
}

/**
 * All trades of a stretch: some venues give its first ones and some its last, so what a page leaves on either side is
 * asked for until it tells nothing new.
 */
async function restOfWindow(
  exchange: Exchange,
  symbol: string,
  span: TimeSpan,
  first: readonly VenueTrade[],
): Promise<Page> {
  const found = new Map<string, VenueTrade>(), left: TimeSpan[] = [];
  const take = (rows: readonly VenueTrade[], { fromMs, toMs }: TimeSpan) => {
    const fresh = rows.filter((trade) => !found.has(nameOf(trade)));
    for (const trade of fresh) found.set(nameOf(trade), trade);
    if (fresh.length === 0) return;
    const sides = [
      { fromMs, toMs: rows[0]!.timeMs + 1 as TimestampMs },
      { fromMs: rows.at(-1)!.timeMs, toMs },
    ];
    left.push(...sides);
  };
  take(first, span);
  for (let own = left.pop(); own !== undefined; own = left.pop()) {
    const page = await exchange.trades({ symbol, ...own, limit: PAGE });
    if (page.kind !== "done") return page;
    take(page.value, own);
  }
  const inOrder = [...found.values()].sort((a, b) => a.timeMs - b.timeMs || Number(a.id) - Number(b.id) || 0);
  return { kind: "done", value: inOrder };
}

function nameOf({ id, timeMs, price, quantity, side }: VenueTrade): string {
  return id ?? `${timeMs} ${price} ${quantity} ${side}`;
}
