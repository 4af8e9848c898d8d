import assert from "node:assert/strict";
import fc from "fast-check";
import { instrument } from "../market/mod.ts";
import { type Fee, type Notional, notional, type Price, price, type Quantity, quantity } from "../money/mod.ts";
import { type ClientOrderId, type Fill, positionChange, positionOf } from "../orders/mod.ts";
import type { TimestampMs } from "../time/mod.ts";
import {
  applyToAccount,
  applyToLots,
  averageEntryPrice,
  cashChange,
  chargeLots,
  type ClosedLot,
  type Lot,
  lotsQuantity,
  openAccount,
  profitOf,
} from "./mod.ts";

/** Longest histories; `deno task release properties` makes them longer. */
const FILLS = Number(Deno.env.get("CRYPTO_TRADER_HISTORY_FILLS") ?? 60);
const market = instrument({ exchange: "test", symbol: "BTC/USDT" });
const anyMarket = fc.constantFrom(
  market,
  instrument({ exchange: "test", symbol: "BTC/USDT", kind: "linear", contractSize: "0.001" }),
  instrument({ exchange: "test", symbol: "BTC/USD", kind: "inverse", contractSize: "100" }),
);

const anyFill: fc.Arbitrary<Fill> = fc.record({
  side: fc.constantFrom("buy" as const, "sell" as const),
  price: fc.bigInt({ min: 1n, max: 10n ** 17n }),
  lots: fc.bigInt({ min: 1n, max: 10n ** 12n }),
  feeShare: fc.bigInt({ min: 0n, max: 1000n }),
  inBase: fc.boolean(),
  id: fc.uuid(),
}).map(({ side, price, lots, feeShare, inBase, id }) => {
  const quantity = lots * 10n ** 4n;
  const feeFrom = inBase && side === "buy" ? "position" as const : "cash" as const;
  // Base fees lie on the grid of quantities; quote fees are arbitrary.
  const fee = feeFrom === "position"
    ? (quantity * feeShare / 1_000_000n) * 10n ** 12n
    : price * quantity * feeShare / 1_000_000n;
  return {
    tradeId: id,
    clientOrderId: "o" as ClientOrderId,
    instrument: market.id,
    side,
    price: price as Price,
    quantity: quantity as Quantity,
    fee: fee as Fee,
    feeAsset: feeFrom === "position" ? "BTC" : "USDT",
    feeFrom,
    liquidity: "taker",
    timeMs: 0 as TimestampMs,
  } satisfies Fill;
});
const history = fc.array(anyFill, { maxLength: FILLS, size: "max" });
/** What was received is the base asset of spot only: contracts pay their fees in cash. */
const ofMarket = fc.tuple(anyMarket, history).map(([own, fills]) => ({
  own,
  fills: fills.map((fill) => own.kind === "spot" ? fill : { ...fill, feeFrom: "cash" as const }),
}));

Deno.test("cash is conserved: start + Σ(sales − purchases − fees) equals the balance, over 10,000 random histories", () => {
  fc.assert(
    fc.property(history, (fills) => {
      const account = openAccount(notional("100000"), 1);
      for (const fill of fills) applyToAccount(account, 0, fill, market);
      let expected = notional("100000") as bigint;
      for (const fill of fills) {
        expected += (fill.side === "sell" ? 1n : -1n) * fill.price * fill.quantity;
        if (fill.feeFrom === "cash") expected -= fill.fee;
      }
      assert.equal(account.cash, expected);
    }),
    { numRuns: 10_000 },
  );
});

Deno.test("the position is the sum of the fills, in the account and in the lots, over 10,000 random histories", () => {
  fc.assert(
    fc.property(history, (fills) => {
      const account = openAccount(notional("0"), 1);
      const lots: Lot[] = [];
      for (const fill of fills) {
        applyToAccount(account, 0, fill, market);
        applyToLots(lots, fill, "x", market);
      }
      assert.equal(account.positions[0], positionOf(fills));
      assert.equal(lotsQuantity(lots), positionOf(fills));
      assert.ok(lots.every((lot) => lot.quantity !== 0n && lot.quantity > 0n === lots[0]!.quantity > 0n));
    }),
    { numRuns: 10_000 },
  );
});

Deno.test("fills are a set: any order gives the same cash and position", () => {
  fc.assert(
    fc.property(history, fc.nat(), (fills, turn) => {
      const rotated = [...fills.slice(turn % (fills.length + 1)), ...fills.slice(0, turn % (fills.length + 1))]
        .reverse();
      const [a, b] = [fills, rotated].map((order) => {
        const account = openAccount(notional("0"), 1);
        for (const fill of order) applyToAccount(account, 0, fill, market);
        return account;
      });
      assert.deepEqual([a!.cash, a!.positions], [b!.cash, b!.positions]);
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("profits of closed lots and the cost of open ones add up to the cash exactly, on spot, linear and inverse, over 10,000 random histories", () => {
  fc.assert(
    fc.property(ofMarket, ({ own, fills }) => {
      const lots: Lot[] = [], closed: ClosedLot[] = [];
      let cash = 0n;
      for (const fill of fills) {
        closed.push(...applyToLots(lots, fill, "x", own));
        cash += cashChange(fill, own);
      }
      const realised = closed.reduce((sum, lot) => sum + profitOf(lot), 0n);
      const open = lots.reduce((sum, lot) => sum + lot.value + lot.feeQuote, 0n);
      assert.equal(realised - open, cash as Notional);
    }),
    { numRuns: 10_000 },
  );
});

Deno.test("lots close oldest first and share their fees by quantity", () => {
  const lots: Lot[] = [];
  const fill = (side: "buy" | "sell", size: string, at: string, fee: string): Fill => ({
    tradeId: `${side}${size}${at}`,
    clientOrderId: "o" as ClientOrderId,
    instrument: market.id,
    side,
    price: price(at),
    quantity: quantity(size),
    fee: notional(fee) as bigint as Fee,
    feeAsset: "USDT",
    feeFrom: "cash",
    liquidity: "taker",
    timeMs: 0 as TimestampMs,
  });
  applyToLots(lots, fill("buy", "2", "100", "2"), "first", market);
  applyToLots(lots, fill("buy", "1", "110", "1"), "second", market);
  const closed = applyToLots(lots, fill("sell", "2.5", "120", "5"), "exit", market);
  assert.deepEqual(closed.map((lot) => [lot.entryReason, lot.quantity, lot.feesQuote]), [
    ["first", quantity("2"), notional("6")],
    ["second", quantity("0.5"), notional("1.5")],
  ]);
  // 2 × (120 − 100) − 6 and 0.5 × (120 − 110) − 1.5
  assert.deepEqual(closed.map(profitOf), [notional("34"), notional("3.5")]);
  assert.equal(lotsQuantity(lots), quantity("0.5"));
});

Deno.test("a fee taken in the base asset makes the position smaller and leaves the cash alone", () => {
  const buy: Fill = {
    tradeId: "1",
    clientOrderId: "o" as ClientOrderId,
    instrument: market.id,
    side: "buy",
    price: price("50000"),
    quantity: quantity("0.1"),
    fee: notional("0.0001") as bigint as Fee,
    feeAsset: "BTC",
    feeFrom: "position",
    liquidity: "taker",
    timeMs: 0 as TimestampMs,
  };
  assert.equal(positionChange(buy), quantity("0.0999"));
  assert.equal(cashChange(buy, market), notional("-5000"));
  const lots: Lot[] = [];
  applyToLots(lots, buy, "enter", market);
  assert.equal(lots[0]!.feeQuote, notional("5"));
});

Deno.test("inverse lots average harmonically: the average price is the one at which the same contracts cost the same", () => {
  const inverse = instrument({ exchange: "bybit", symbol: "BTC/USD", kind: "inverse" });
  const bought = (at: string): Fill => ({
    tradeId: at,
    clientOrderId: "o" as ClientOrderId,
    instrument: inverse.id,
    side: "buy",
    price: price(at),
    quantity: quantity("50"),
    fee: 0n as Fee,
    feeAsset: "USDT",
    feeFrom: "cash",
    liquidity: "taker",
    timeMs: 0 as TimestampMs,
  });
  const lots: Lot[] = [];
  applyToLots(lots, bought("10000"), "first", inverse);
  applyToLots(lots, bought("15000"), "second", inverse);
  // Bybit, How to Calculate Average Entry Price: 100 ÷ (50/10,000 + 50/15,000) = 12,000.
  assert.equal(Number(averageEntryPrice(lots, inverse)) / 1e12, 12_000);
});

Deno.test("a charge is shared among open lots by their signed quantity, to the last unit, over 10,000 cases", () => {
  const sizes = fc.array(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }).filter((size) => size !== 0n), {
    minLength: 1,
  });
  fc.assert(
    fc.property(sizes, fc.bigInt({ min: -(10n ** 28n), max: 10n ** 28n }), (quantities, amount) => {
      const none = notional("0");
      const lots = quantities.map((size): Lot => ({
        quantity: size as Quantity,
        price: price("1"),
        value: none,
        timeMs: 0 as TimestampMs,
        feeQuote: none,
        funding: none,
        interest: none,
        reason: "enter",
      }));
      const shared = chargeLots(lots, "funding", amount as Notional);
      const net = quantities.reduce((sum, size) => sum + size, 0n);
      assert.equal(shared, net !== 0n);
      assert.equal(lots.reduce((sum, lot) => sum + lot.funding, 0n), shared ? amount : 0n);
      for (const lot of shared ? lots.slice(1) : []) assert.equal(lot.funding, amount * lot.quantity / net);
    }),
    { numRuns: 10_000 },
  );
});
