import assert from "node:assert/strict";
import fc from "fast-check";
import { AMOUNT_DECIMALS, formatDecimal, notionalOf, type Quantity, quantity } from "../../money/mod.ts";
import { LISTED_MS, START_MS } from "../../testing/loopback_client.ts";
import { SimulatedClock, type TimestampMs } from "../../time/mod.ts";
import { ledgerAmount } from "./loopback_ledger.ts";
import { LoopbackVenue } from "./loopback_venue.ts";
import { SeededMarket } from "./seeded_market.ts";

const BTC = "BTC/USDT", ETH = "ETH/USDT";

function opened() {
  const clock = new SimulatedClock(START_MS);
  const market = (symbol: string, startPrice: number) =>
    new SeededMarket({ symbol, seed: 7, listedAtMs: LISTED_MS, startPrice });
  return { clock, venue: new LoopbackVenue([market(BTC, 60_000), market(ETH, 3_000)], clock) };
}

const buy = (venue: LoopbackVenue, clientOrderId: string, symbol = BTC, side: "buy" | "sell" = "buy") =>
  venue.place({ symbol, clientOrderId, side, kind: "market", quantity: "0.01" });

Deno.test("who hears of a fill may place another order, and each is booked once", () => {
  const { venue } = opened();
  let left = 3;
  venue.listeners.add((news) => {
    if (news.kind === "order" && news.fill !== null && left-- > 0) buy(venue, `answer-${left}`);
  });
  buy(venue, "first");
  assert.deepEqual(venue.fills.map(({ number, order }) => [number, order.clientOrderId]), [
    [1, "first"],
    [2, "answer-2"],
    [3, "answer-1"],
    [4, "answer-0"],
  ]);
});

Deno.test("what is held of one market sells nothing of another", () => {
  const { venue } = opened();
  buy(venue, "first");
  assert.equal(buy(venue, "second", ETH, "sell"), "no-funds");
});

Deno.test("balances are the start, the transfers and what the fills that stand add up to, whatever the venue does (I4)", () =>
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(6), fc.nat(30)), { maxLength: 30 }), (steps) => {
      const { venue, clock } = opened();
      let moved = 0n, names = 0;
      for (const [what, which] of steps) {
        const fill = venue.fills.at(which % Math.max(1, venue.fills.length)), order = venue.orders.at(which);
        if (what === 0) buy(venue, `n-${names++}`, which % 2 === 0 ? BTC : ETH);
        else if (what === 1) buy(venue, `n-${names++}`, BTC, "sell");
        else if (what === 2) {
          const price = String(Math.floor(venue.lastPrice(venue.markets[0]!) * 0.999));
          const asked = { symbol: BTC, clientOrderId: `n-${names++}`, side: "buy", kind: "limit" } as const;
          venue.place({ ...asked, quantity: "0.02", price });
        } else if (what === 3) clock.advanceTo(clock.now() + which * 60_000 as TimestampMs);
        else if (what === 4 && fill !== undefined) {
          which % 2 === 0 ? venue.bust(fill) : venue.reviseFee(fill, 3n * fill.fee);
        } else if (what === 5 && order !== undefined) venue.trade(order, quantity("0.005"));
        else if (what === 6) {
          venue.transfer("USDT", `${which - 15}`);
          moved += ledgerAmount(`${which - 15}`);
        }
      }
      venue.now();
      const expected = new Map(
        venue.assets().map((asset) => [asset, asset === "USDT" ? 100_000n * 10n ** 24n + moved : 0n]),
      );
      const add = (asset: string, change: bigint) => expected.set(asset, expected.get(asset)! + change);
      for (const { order: { market }, side, price, quantity, fee, feeAsset } of venue.fills) {
        const [base, quote] = market.symbol.split("/") as [string, string], sign = side === "buy" ? 1n : -1n;
        add(base, sign * quantity * 10n ** 12n);
        add(quote, -sign * notionalOf(price, quantity as Quantity));
        add(feeAsset, -fee);
      }
      for (const { asset, total } of venue.balances()) {
        assert.equal(total, formatDecimal(expected.get(asset)!, AMOUNT_DECIMALS), asset);
      }
      for (const order of venue.orders) {
        assert.equal(order.filled, order.fills.reduce((sum, own) => sum + own.quantity, 0n));
      }
    }),
  ));

Deno.test("what fills, at what price and when does not depend on who looks at the venue in between", () => {
  const hours = 3,
    traded = (looksMs: readonly number[]) => {
      const { clock, venue } = opened(), last = venue.lastPrice(venue.market(BTC)!);
      const rest = (name: string, side: "buy" | "sell", kind: "limit" | "stop", share: number) => {
        const at = (Math.round(last * share * 100) / 100).toFixed(2);
        const made = venue.place({
          ...{ symbol: BTC, clientOrderId: name, side, kind, quantity: "0.01" },
          ...(kind === "limit" ? { price: at } : { triggerPrice: at }),
        });
        assert.ok(typeof made !== "string", String(made));
      };
      buy(venue, "held-1");
      buy(venue, "held-2");
      for (let i = 1; i <= 6; i++) {
        rest(`limit-${i}`, "buy", "limit", 1 - i / 2_000);
        rest(`stop-${i}`, "buy", "stop", 1 + i / 2_000);
      }
      rest("protects", "sell", "stop", 0.999);
      const endMs = START_MS + hours * 3_600_000;
      for (const ms of [...looksMs, hours * 3_600_000].toSorted((a, b) => a - b)) {
        clock.advanceTo((START_MS + ms) as TimestampMs);
        venue.now();
      }
      assert.equal(venue.now(), endMs);
      return venue.fills.map(({ order, price, timeMs, fee }) => `${timeMs} ${order.clientOrderId} ${price} ${fee}`)
        .sort();
    };
  const unseen = traded([]);
  assert.ok(unseen.length >= 4, unseen.join("\n"));
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: hours * 3_600_000 }), { maxLength: 60 }), (looksMs) => {
      assert.deepEqual(traded(looksMs), unseen);
    }),
    { numRuns: 60 },
  );
});
