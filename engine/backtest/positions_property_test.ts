import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type CandleColumns,
  candleColumns,
  fundingColumns,
  type FundingRow,
  instrument,
  liquidationPrice,
  marginTiers,
  sizeOf,
} from "../market/mod.ts";
import { absoluteQuantity, notionalFromNumber, notionalToNumber, quantityToNumber } from "../money/mod.ts";
import type { Fill, Liquidation, PositionCharge, VenueEvent } from "../orders/mod.ts";
import { cashChange } from "../portfolio/mod.ts";
import { close, crossesAbove, crossesBelow } from "../series/mod.ts";
import { sma } from "../indicators/mod.ts";
import { defaultRules } from "../simulator/mod.ts";
import { defineStrategy, percent } from "../strategies/mod.ts";
import { timeframe, type TimestampMs } from "../time/mod.ts";
import { parseRunSpec, type Replay, replayOf, type RunSpecInput } from "./mod.ts";

const hour = timeframe("1h"), HOUR = 3_600_000, START = Date.UTC(2024, 0, 1);
const TIERS = [
  { fromNotional: 0, maintenanceRate: 0.005, maxLeverage: 100 },
  { fromNotional: 500, maintenanceRate: 0.01 },
  { fromNotional: 2_000, maintenanceRate: 0.02 },
];

const pathRules = { ...defaultRules, id: "path", path: "nearest-extreme" as const };

/** Candles around 100 that move by up to a tenth each. */
const anyCandles = (symbol: string, length: number) =>
  fc.array(
    fc.tuple(fc.integer({ min: -1000, max: 1000 }), fc.nat(600), fc.nat(600), fc.integer({ min: -300, max: 300 })),
    {
      minLength: length,
      maxLength: length,
    },
  ).map((steps) => {
    let last = 100;
    return candleColumns(
      instrument({ exchange: "test", symbol }),
      hour,
      steps.map(([move, up, down, gap], i) => {
        const open = Math.max(1, last * (1 + gap / 10_000)), close = Math.max(1, open * (1 + move / 10_000));
        last = close;
        return {
          openTimeMs: (START + i * HOUR) as TimestampMs,
          open,
          high: Math.max(open, close) * (1 + up / 10_000),
          low: Math.min(open, close) * (1 - down / 10_000),
          close,
          volume: 1_000,
        };
      }),
    );
  });

interface Seen {
  readonly fills: Fill[];
  readonly charges: PositionCharge[];
  readonly liquidations: Liquidation[];
}

function watched(
  spec: ReturnType<typeof parseRunSpec>,
  strategy: Parameters<typeof replayOf>[1],
  candles: readonly CandleColumns[],
  feeds?: Parameters<typeof replayOf>[7],
): Omit<Replay, "fills"> & Seen {
  const seen: Seen = { fills: [], charges: [], liquidations: [] };
  const observer = {
    news(event: VenueEvent) {
      if (event.kind === "fill") seen.fills.push(event.fill);
      else if (event.kind === "charge") seen.charges.push(event.charge);
      else if (event.kind === "liquidation") seen.liquidations.push(event.liquidation);
    },
  };
  const tradeFrom = START as TimestampMs;
  return { ...replayOf(spec, strategy, candles, tradeFrom, undefined, observer, {}, feeds), ...seen };
}

const once = {
  long: defineStrategy({ id: "once", params: {}, rules: () => ({ enter: close.gt(0) }) }).bind(),
  short: defineStrategy({ id: "once", params: {}, rules: () => ({ enterShort: close.gt(0) }) }).bind(),
};

Deno.test("a position is liquidated in the first candle that reaches the closed formula's price, never later, never earlier, and isolated it loses its margin at most, in 10,000 cases", () => {
  const terms = fc.record({
    kind: fc.constantFrom("linear" as const, "inverse" as const),
    side: fc.constantFrom("long" as const, "short" as const),
    leverage: fc.integer({ min: 1, max: 40 }),
    marginMode: fc.constantFrom("isolated" as const, "cross" as const),
    feeBps: fc.integer({ min: 0, max: 300 }),
    settleAt: fc.constantFrom("liquidation-price" as const, "bankruptcy-price" as const),
    maintenanceOn: fc.constantFrom("mark" as const, "entry" as const),
    path: fc.boolean(),
  });
  let liquidated = 0, held = 0;
  fc.assert(
    fc.property(terms, anyCandles("BTC/USD", 8), (own, candles) => {
      const { kind, side, leverage, marginMode, path, ...liquidation } = own;
      const cash = kind === "inverse" ? 10 : 1_000;
      const spec = specOf({
        markets: [{ exchange: "test", symbol: "BTC/USD", kind, lot: "0.001", marginTiers: TIERS }],
        account: { cashQuote: cash, leverage, marginMode, liquidation },
        sizing: { kind: "equity-fraction", fraction: leverage * 0.9 },
        limits: { maxEntriesPerDay: 1 },
        ...(path ? { fillRules: pathRules } : {}),
      });
      const { trader, simulator, fills, liquidations } = watched(spec, once[side], [candles]);
      if (fills.length === 0) return; // beyond the tier of the leverage
      const [entry] = fills, market = trader.config.instruments[0]!;
      const quantity = quantityToNumber(entry!.quantity) * (side === "long" ? 1 : -1);
      const size = Math.abs(notionalToNumber(cashChange({ ...entry!, fee: 0n as Fill["fee"] }, market)));
      const collateral = marginMode === "isolated" ? size / leverage : cash - Number(entry!.fee) / 1e24;
      const price = liquidationPrice(
        { instrument: market, quantity, entryPrice: Number(entry!.price) / 1e12, collateral },
        marginTiers(TIERS),
        liquidation.maintenanceOn,
      );
      const near = (value: number) => Math.abs(value / price - 1) < 1e-9;
      const extreme = side === "long" ? candles.low : candles.high;
      if (extreme.some((value, i) => i > 0 && near(value))) return; // the last digit decides
      const first = extreme.findIndex((value, i) => i > 0 && (side === "long" ? value <= price : value >= price));
      assert.equal(liquidations.length, first < 0 ? 0 : 1);
      assert.equal(trader.state.account.cash, simulator.account.cash);
      if (first < 0) held++;
      else liquidated++;
      if (first < 0) return;
      assert.ok(
        liquidations[0]!.timeMs >= START + first * HOUR && liquidations[0]!.timeMs <= START + (first + 1) * HOUR,
      );
      assert.equal(trader.state.books[0]!.position, 0n);
      const lost = notionalFromNumber(cash) - trader.state.account.cash - entry!.fee;
      const exact = sizeOf(market, entry!.price, entry!.quantity) as bigint;
      const posted = marginMode === "isolated" ? exact / BigInt(leverage) + 1n : notionalFromNumber(cash) - entry!.fee;
      assert.ok(lost <= posted, `${lost} of ${posted} is lost`);
    }),
    { numRuns: 10_000 },
  );
  assert.ok(liquidated > 1_000 && held > 1_000, `${liquidated} liquidated, ${held} held`);
});

const busy = defineStrategy({
  id: "busy",
  params: {},
  rules: () => ({
    enter: crossesAbove(close, sma(close, 2)),
    exit: crossesBelow(close, sma(close, 3)),
    enterShort: crossesBelow(close, sma(close, 2)),
    exitShort: crossesAbove(close, sma(close, 3)),
    stop: percent(12),
  }),
}).bind();

Deno.test("cash is start + fills − charges + liquidations to the last unit, the venue's book is the trader's, and lots bear every charge, in 10,000 cases", () => {
  const terms = fc.record({
    kind: fc.constantFrom("linear" as const, "inverse" as const),
    leverage: fc.integer({ min: 1, max: 50 }),
    marginMode: fc.constantFrom("isolated" as const, "cross" as const, undefined),
    hedge: fc.boolean(),
    rates: fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.double({ min: -0.01, max: 0.01, noNaN: true })), {
      minLength: 1,
      maxLength: 12,
    }),
    path: fc.boolean(),
  });
  let charged = 0, liquidated = 0;
  fc.assert(
    fc.property(terms, anyCandles("BTC/USD", 16), (own, candles) => {
      const { kind, leverage, marginMode, rates, path } = own, hedge = own.hedge && marginMode !== "cross";
      let at = START - HOUR / 2;
      const rows = rates.map(([hours, rate]): FundingRow => ({ timeMs: (at += hours * HOUR) as TimestampMs, rate }));
      const spec = specOf({
        markets: [{ exchange: "test", symbol: "BTC/USD", kind, lot: "0.001", marginTiers: TIERS.slice(0, 1) }],
        account: {
          cashQuote: kind === "inverse" ? 10 : 1_000,
          leverage,
          funding: true,
          ...(marginMode === undefined ? {} : { marginMode }),
          ...(hedge ? { positionMode: "hedge" as const } : {}),
        },
        sizing: { kind: "equity-fraction", fraction: leverage * (hedge ? 0.45 : 0.9) },
        ...(path ? { fillRules: pathRules } : {}),
      });
      const feed = {
        funding: fundingColumns(candles.instrument, rows),
        mark: null,
        fromMs: START as TimestampMs,
        toMs: (START + 24 * HOUR) as TimestampMs,
      };
      const { trader, simulator, fills, charges, liquidations, closed } = watched(spec, busy, [candles], [feed]);
      const { state, config } = trader, market = config.instruments[0]!;
      let cash = notionalFromNumber(spec.account.cashQuote) as bigint;
      for (const fill of fills) cash += cashChange(fill, market);
      for (const charge of charges) cash -= charge.amount;
      for (const { position, price, fee } of liquidations) {
        const quantity = absoluteQuantity(position), side = position > 0n ? "sell" as const : "buy" as const;
        cash += cashChange(
          { ...fills[0]!, side, quantity, price, fee: fee as bigint as Fill["fee"], feeFrom: "cash" as const },
          market,
        );
      }
      assert.equal(state.account.cash, cash);
      assert.equal(simulator.account.cash, cash);
      assert.equal(simulator.account.position(0), state.account.positions[0]);
      assert.equal(state.books.reduce((sum, { position }) => sum + position, 0n), state.account.positions[0]);
      const open = state.books.flatMap(({ lots }) => lots);
      const borne = [...closed.map(({ lot }) => lot), ...open].reduce((sum, { funding }) => sum + funding, 0n);
      assert.equal(borne, charges.reduce((sum, { amount }) => sum + amount, 0n));
      assert.equal(new Set(charges.map(({ id }) => id)).size, charges.length);
      if (hedge) {
        const [long, short] = state.books;
        assert.ok(long!.position >= 0n && short!.position <= 0n);
        assert.deepEqual(simulator.account.positions.map(({ quantity }) => quantity), [
          long!.position,
          short!.position,
        ]);
      }
      charged += charges.length;
      liquidated += liquidations.length;
    }),
    { numRuns: 10_000 },
  );
  assert.ok(charged > 10_000 && liquidated > 500, `${charged} charges, ${liquidated} liquidations`);
});

Deno.test("an account of several markets on cross margin is never left below zero, in 3,000 cases", () => {
  const two = fc.tuple(anyCandles("BTC/USDT", 24), anyCandles("ETH/USDT", 24));
  fc.assert(
    fc.property(two, fc.integer({ min: 2, max: 20 }), fc.boolean(), (candles, leverage, path) => {
      const spec = specOf({
        markets: ["BTC/USDT", "ETH/USDT"].map((symbol) => ({
          exchange: "test",
          symbol,
          kind: "linear" as const,
          marginTiers: TIERS.slice(0, 1),
        })),
        account: { cashQuote: 1_000, leverage, marginMode: "cross" },
        sizing: { kind: "equity-fraction", fraction: leverage * 0.45 },
        ...(path ? { fillRules: pathRules } : {}),
      });
      const { trader, simulator, equity } = watched(spec, busy, candles);
      assert.equal(trader.state.account.cash, simulator.account.cash);
      assert.ok(equity.equity.every((value) => value > -1e-6), `${Math.min(...equity.equity)}`);
    }),
    { numRuns: 3_000 },
  );
});

function specOf(part: Partial<RunSpecInput>): ReturnType<typeof parseRunSpec> {
  return parseRunSpec({ strategy: "busy", timeframe: "1h", markets: [], costs: { makerBps: 2, takerBps: 5 }, ...part });
}
