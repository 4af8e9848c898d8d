// A venue on loopback that answers what a test tells it, in Binance's shapes where the test says nothing.
/** What a request is answered with. */
export interface Scripted {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  /** JSON unless it is text. */
  readonly body?: unknown;
}

/** A request as it arrived. */
export interface Arrived {
  readonly method: string;
  readonly path: string;
  readonly parameters: URLSearchParams;
  readonly headers: Headers;
}

/** Starts one; `answer` says what a request gets, nothing for the usual, and `cut` closes the connection in its place. */
export function scriptedVenue(answer: (request: Arrived) => Scripted | "cut" | "late" | undefined | Promise<Scripted>) {
  const arrived: Arrived[] = [], cuts: (() => void)[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const url = new URL(request.url), body = await request.text();
    const parameters = new URLSearchParams(`${url.search.slice(1)}&${body}`);
    const own = { method: request.method, path: url.pathname, parameters, headers: request.headers };
    arrived.push(own);
    const told = await answer(own) ?? usual(own);
    if (told === "cut") {
      // A body that ends before its length: the connection breaks after the request was taken in.
      return new Response(new ReadableStream({ start: (stream) => stream.error(new Error("cut")) }));
    }
    if (told === "late") await new Promise<void>((resolve) => cuts.push(resolve));
    const { status = 200, headers = {}, body: content = {} } = told === "late" ? {} : told;
    return typeof content === "string"
      ? new Response(content, { status, headers })
      : Response.json(content, { status, headers });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    arrived,
    async close() {
      for (const cut of cuts) cut();
      await server.shutdown();
    },
  };
}

/** One market, and candles of a minute whose open is their number of minutes since 1970 modulo 1000, plus 1. */
function usual({ path, parameters }: Arrived): Scripted {
  if (path.endsWith("/exchangeInfo")) return { body: { symbols: [BTC_USDT] } };
  if (path.endsWith("/klines")) {
    const from = Number(parameters.get("startTime")), to = Number(parameters.get("endTime") ?? Infinity);
    const rows = [];
    for (
      let ms = Math.ceil(from / 60_000) * 60_000;
      ms <= to && rows.length < Number(parameters.get("limit"));
      ms += 60_000
    ) {
      const open = ms / 60_000 % 1000 + 1;
      rows.push([
        ms,
        `${open}.50`,
        `${open + 2}`,
        `${open}`,
        `${open + 1}.25`,
        "3.5",
        ms + 59_999,
        "20",
        5,
        "5",
        "10",
        "0",
      ]);
    }
    return { body: rows };
  }
  return { body: {} };
}

const BTC_USDT = {
  symbol: "BTCUSDT",
  status: "TRADING",
  baseAsset: "BTC",
  quoteAsset: "USDT",
  isSpotTradingAllowed: true,
  permissions: ["SPOT"],
  baseAssetPrecision: 8,
  quotePrecision: 8,
  orderTypes: ["LIMIT", "MARKET"],
  filters: [
    { filterType: "PRICE_FILTER", minPrice: "0.01", maxPrice: "1000000", tickSize: "0.01" },
    { filterType: "LOT_SIZE", minQty: "0.00001", maxQty: "9000", stepSize: "0.00001" },
    { filterType: "NOTIONAL", minNotional: "5" },
  ],
};
