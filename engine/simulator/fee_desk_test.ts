import assert from "node:assert/strict";
import { instrument, type InstrumentOptions } from "../market/mod.ts";
import { fee, formatDecimal, notional, price, quantity } from "../money/mod.ts";
import type { Fill } from "../orders/mod.ts";
import { parseTimestamp } from "../time/mod.ts";
import { checkCosts, costsOf, type CostSpec, FeeDesk, type FeeTier, tieredFees, type UnchargedFill } from "./mod.ts";

const RATES: CostSpec = { makerBps: 10, takerBps: 10, fixedFeeQuote: 0, slippage: { kind: "none" } };
const BNB = { asset: "BNB", balance: 0.01, priceQuote: 300, discountFraction: 0.25 };

function fillOf(part: Partial<UnchargedFill> = {}, market: Partial<InstrumentOptions> = {}): UnchargedFill {
  return {
    instrument: instrument({ exchange: "test", symbol: "BTC/USDT", ...market }),
    side: "sell",
    liquidity: "taker",
    price: price("100"),
    quantity: quantity("6"),
    timeMs: parseTimestamp("2024-01-01T12:00"),
    ...part,
  };
}

/** Charges a fill and books it; what was charged as `0.6 USDT`. */
function charged(desk: FeeDesk, fill: UnchargedFill): string {
  const charge = desk.chargeOf(fill);
  desk.booked({ ...fill, ...charge } as unknown as Fill, fill.instrument);
  return `${formatDecimal(charge.fee, 24)} ${charge.feeAsset}`;
}

Deno.test("a fee tier counts what was traded in the 30 whole days before, and changes at 00:00 UTC only", () => {
  const tiers = [{ fromVolumeQuote: 1_000, makerBps: 8, takerBps: 9 }, {
    fromVolumeQuote: 1_800,
    makerBps: -1,
    takerBps: 5,
  }];
  const desk = new FeeDesk(costsOf({ ...RATES, tiers }));
  const at = (time: string, liquidity: "maker" | "taker" = "taker") =>
    charged(desk, fillOf({ timeMs: parseTimestamp(time), liquidity })); // 600 USDT each
  assert.deepEqual([at("2024-01-01T00:00"), at("2024-01-01T23:59")], ["0.6 USDT", "0.6 USDT"], "0 before that day");
  assert.equal(at("2024-01-02T00:00"), "0.54 USDT", "1,200 on the day before: 9 basis points");
  assert.equal(at("2024-01-03T00:00", "maker"), "-0.06 USDT", "1,800: a rebate of a basis point");
  assert.equal(at("2024-01-31T23:59"), "0.3 USDT", "the whole of it, 30 days later");
  assert.equal(at("2024-02-01T00:00"), "0.3 USDT", "the first day has left, with 1,200: 1,800 remain");
  assert.equal(at("2024-02-03T00:00"), "0.54 USDT", "the second and third have left: 1,200 remain");
  assert.equal(at("2024-04-01T00:00"), "0.6 USDT", "nothing for two months");
});

Deno.test("a third asset pays the fee at its price, less the discount, rounded up, while it reaches for all of it", () => {
  const desk = new FeeDesk(costsOf({ ...RATES, payFeesIn: BNB }));
  // 600 × 0.1 % × 0.75 ÷ 300 = 0.0015
  assert.equal(charged(desk, fillOf()), "0.0015 BNB");
  // 1,000 × 0.1 % × 0.75 ÷ 300 = 0.0025
  assert.equal(charged(desk, fillOf({ quantity: quantity("10") })), "0.0025 BNB");
  assert.equal(desk.balance, fee("0.006"));
  // 0.00625 are not there: all of it in the usual asset, without the discount
  assert.equal(charged(desk, fillOf({ quantity: quantity("25") })), "2.5 USDT");
  assert.equal(charged(desk, fillOf({ side: "buy", quantity: quantity("25") })), "0.025 BTC");
  assert.equal(desk.balance, fee("0.006"), "untouched");
  assert.deepEqual(desk.shortfall, { fills: 2, firstMs: parseTimestamp("2024-01-01T12:00") });
  // 2,400 × 0.1 % × 0.75 ÷ 300 = 0.006: to the last unit
  assert.equal(charged(desk, fillOf({ quantity: quantity("24") })), "0.006 BNB");
  assert.equal(desk.balance, 0n);
});

Deno.test("the price of the third asset is the one that is known when the fee is charged", () => {
  const priceQuote = [{ from: "2024-01-01", priceQuote: 300 }, { from: "2024-01-02", priceQuote: 333 }];
  const desk = new FeeDesk(costsOf({ ...RATES, payFeesIn: { ...BNB, priceQuote } }));
  const at = (time: string) => desk.chargeOf(fillOf({ timeMs: parseTimestamp(time) }));
  assert.equal(at("2024-01-01T23:59").fee, fee("0.0015"));
  const { fee: charged, feeWorthQuote } = at("2024-01-02");
  assert.equal(charged, fee("0.00135136")); // 0.45 ÷ 333 = 0.001351351…
  assert.equal(feeWorthQuote, notional("0.45000288"));
});

Deno.test("a rebate comes in the usual asset, a fixed fee goes with the rate", () => {
  const desk = new FeeDesk(costsOf({ ...RATES, makerBps: -2, fixedFeeQuote: 0.15, payFeesIn: BNB }));
  assert.equal(charged(desk, fillOf()), "0.002 BNB"); // (0.45 + 0.15) ÷ 300
  const rebates = new FeeDesk(costsOf({ ...RATES, makerBps: -2, payFeesIn: BNB }));
  assert.equal(charged(rebates, fillOf({ liquidity: "maker" })), "-0.12 USDT");
});

Deno.test("costs that make no sense are refused with what to do (7 cases)", () => {
  const cases: [Partial<CostSpec>, RegExp][] = [
    [
      { tiers: [{ fromVolumeQuote: 5, makerBps: 1, takerBps: 1 }, { fromVolumeQuote: 5, makerBps: 1, takerBps: 1 }] },
      /sort/,
    ],
    [{ tiers: [{ fromVolumeQuote: 5, makerBps: 1, takerBps: 20_000 }] }, /20000 basis points/],
    [{ fixedFeeQuote: -1 }, /negative makerBps for rebates/],
    [{ payFeesIn: { ...BNB, balance: -1 } }, /-1 BNB/],
    [{ payFeesIn: { ...BNB, discountFraction: 2 } }, /discount of 2/],
    [{ payFeesIn: { ...BNB, priceQuote: 0 } }, /0 is not a price/],
    [{
      payFeesIn: { ...BNB, priceQuote: [{ from: "2024", priceQuote: 1 }, { from: "2023", priceQuote: 1 }] },
    }, /2023 does not come after/],
  ];
  for (const [part, message] of cases) assert.throws(() => checkCosts({ ...RATES, ...part }), message);
});

Deno.test("the general tier counts below the first one", () => {
  const tiers: FeeTier[] = [{ fromVolumeQuote: 0, makerBps: 1, takerBps: 2 }, {
    fromVolumeQuote: 100,
    makerBps: 0,
    takerBps: 1,
  }];
  const model = tieredFees(tiers), seen = { liquidity: "taker" } as Parameters<typeof model>[0];
  assert.deepEqual([0, 99.99, 100].map((volumeQuote) => model({ ...seen, volumeQuote })), [0.0002, 0.0002, 0.0001]);
});
