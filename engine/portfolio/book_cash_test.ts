import assert from "node:assert/strict";
import fc from "fast-check";
import { type Instrument, instrument, type InstrumentId } from "../market/mod.ts";
import { type Fee, type Notional, notional, type Price, price, type Quantity, quantity } from "../money/mod.ts";
import type { ClientOrderId, Fill } from "../orders/mod.ts";
import type { TimestampMs } from "../time/mod.ts";
import {
  applyToAccount,
  applyToLots,
  bookCash,
  groupHoldings,
  type Lot,
  lotsQuantity,
  openAccount,
  profitOf,
} from "./mod.ts";

const markets = ["BTC", "ETH"].map((base) => instrument({ exchange: "test", symbol: `${base}/USDT` }));
const [btc] = markets as [Instrument];
/** Two books on the first market, one on the second. */
const BOOKS = [0, 0, 1];
const START = notional("100000");

function fillOf(side: "buy" | "sell", price: Price, quantity: Quantity, fee: bigint, feeInBase: boolean): Fill {
  return {
    tradeId: "t",
    clientOrderId: "o" as ClientOrderId,
    instrument: btc.id,
    side,
    price,
    quantity,
    fee: fee as Fee,
    feeAsset: feeInBase ? "BTC" : "USDT",
    feeFrom: feeInBase ? "position" as const : "cash" as const,
    liquidity: "taker",
    timeMs: 0 as TimestampMs,
  };
}

/** Longest histories; `deno task release properties` makes them longer. */
const FILLS = Number(Deno.env.get("CRYPTO_TRADER_HISTORY_FILLS") ?? 40);
const anyFill = fc.record({
  book: fc.nat({ max: BOOKS.length - 1 }),
  side: fc.constantFrom("buy" as const, "sell" as const),
  price: fc.bigInt({ min: 1n, max: 10n ** 17n }),
  lots: fc.bigInt({ min: 1n, max: 10n ** 12n }),
  feeShare: fc.bigInt({ min: 0n, max: 1000n }),
  inBase: fc.boolean(),
}).map(({ book, side, price, lots, feeShare, inBase }) => {
  const quantity = lots * 10n ** 4n, feeInBase = inBase && side === "buy";
  const fee = feeInBase ? (quantity * feeShare / 1_000_000n) * 10n ** 12n : price * quantity * feeShare / 1_000_000n;
  return { book, fill: fillOf(side, price as Price, quantity as Quantity, fee, feeInBase) };
});
const anyMark = fc.bigInt({ min: 1n, max: 10n ** 17n });

Deno.test("the profits of all books are the account's to the last unit: long, short, closed in part, two on a market, fees in base; over 10,000 histories", () => {
  fc.assert(
    fc.property(fc.array(anyFill, { maxLength: FILLS, size: "max" }), anyMark, anyMark, (fills, ...marks) => {
      const account = openAccount(START, markets.length);
      const books = BOOKS.map(() => ({ lots: [] as Lot[], closed: 0n }));
      for (const { book, fill } of fills) {
        const own = books[book]!, market = markets[BOOKS[book]!]!;
        applyToAccount(account, BOOKS[book]!, fill, market);
        for (const lot of applyToLots(own.lots, fill, "x", market)) own.closed += profitOf(lot);
      }
      const cash = books.reduce((sum, { lots, closed }) => sum + bookCash(closed as Notional, lots), 0n);
      assert.equal(cash, account.cash - START);
      const profit = books.reduce((sum, { lots }, book) => sum + lotsQuantity(lots) * marks[BOOKS[book]!]!, cash);
      const worth = account.positions.reduce((sum, position, i) => sum + position * marks[i]!, account.cash as bigint);
      assert.equal(profit, worth - START);
    }),
    { numRuns: 10_000 },
  );
});

Deno.test("a book that bought 2 at 100 and sold 1 at 130 has taken 70 out of the cash, and its fees of 0.33", () => {
  const lots: Lot[] = [];
  applyToLots(lots, fillOf("buy", price("100"), quantity("2"), notional("0.2"), false), "in", btc);
  const closed = applyToLots(lots, fillOf("sell", price("130"), quantity("1"), notional("0.13"), false), "out", btc);
  // Closed: 30 − 0.1 − 0.13. Open: 1 at 100, and 0.1.
  assert.equal(profitOf(closed[0]!), notional("29.77"));
  assert.equal(bookCash(profitOf(closed[0]!), lots), notional("-70.33"));
});

Deno.test("books add up by market and by strategy", () => {
  const book = (strategy: string, symbol: string, exposure: number[], pnl: number[]) => ({
    strategy,
    instrument: symbol as InstrumentId,
    markPrice: Float64Array.of(1, 1),
    exposureQuote: Float64Array.from(exposure),
    pnlQuote: Float64Array.from(pnl),
  });
  const holdings = {
    closeTimeMs: Float64Array.of(1, 2),
    books: [
      book("trend", "BTC", [0, 100], [1, 2]),
      book("revert", "BTC", [0, -30], [4, -8]),
      book("trend", "ETH", [7, 7], [16, 32]),
    ],
  };
  const shown = (key: "instrument" | "strategy") =>
    groupHoldings(holdings, key).map((
      { label, exposureQuote, pnlQuote },
    ) => [label, [...exposureQuote], [...pnlQuote]]);
  assert.deepEqual(shown("instrument"), [["BTC", [0, 70], [5, -6]], ["ETH", [7, 7], [16, 32]]]);
  assert.deepEqual(shown("strategy"), [["trend", [7, 107], [17, 34]], ["revert", [0, -30], [4, -8]]]);
});
