// What the reference runs in `goldens` do not have: small runs of backtesting.py 0.6.6, made with the plans stated here.
import assert from "node:assert/strict";
import { candleColumns, instrument } from "../market/mod.ts";
import { backtestingPyRules, type FeeModel } from "../simulator/mod.ts";
import {
  atPrice,
  BaseStrategy,
  type DecisionContext,
  defineStrategy,
  type EntryOptions,
  stopAt,
  stopLimitAt,
} from "../strategies/mod.ts";
import { assertClose } from "../testing/assert_close.ts";
import { timeframe, timestampMs } from "../time/mod.ts";
import { parseRunSpec, runBacktest, type RunSpecInput } from "./mod.ts";

const HOUR_MS = 3_600_000;
const market = { exchange: "test", symbol: "BTC/USDT", kind: "linear" } as const;
const PRICES: [open: number, high: number, low: number, close: number][] = [
  [100, 101, 99, 100],
  [100, 103, 99, 102],
  [102, 104, 101, 103],
  [103, 106, 102, 105],
  [105, 107, 103, 104],
  [104, 105, 100, 101],
  [101, 102, 96, 97],
  [97, 99, 95, 98],
  [98, 103, 97, 102],
  [102, 108, 101, 107],
  [107, 110, 104, 105],
  [105, 106, 101, 103],
];
const candles = candleColumns(
  instrument(market),
  timeframe("1h"),
  PRICES.map(([open, high, low, close], i) => (
    { openTimeMs: timestampMs(i * HOUR_MS), open, high, low, close, volume: 1 }
  )),
);

/** What is asked for at the close of a candle. */
type Plan = Readonly<Record<number, (context: DecisionContext) => void>>;
type CaseTrade = readonly [
  size: number,
  entryBar: number,
  exitBar: number,
  entry: number,
  exit: number,
  commission: number,
  pnl: number,
];

interface Case {
  readonly title: string;
  readonly plan: Plan;
  readonly cashQuote?: number;
  readonly leverage?: number;
  readonly costs?: RunSpecInput["costs"];
  readonly fees?: FeeModel;
  readonly trades: readonly CaseTrade[];
  /** At the last three closes. */
  readonly equity: readonly [number, number, number];
}

const share = (fraction = 1 - 2 ** -52): EntryOptions => ({ sizing: { kind: "equity-fraction", fraction } });
const units = (units: number): EntryOptions => ({ sizing: { kind: "units", units } });
const TAKES_A_TENTH_OF_A_PERCENT = { makerBps: 10, takerBps: 10 };

const CASES: readonly Case[] = [
  {
    title: "a fixed commission weighs on every unit where a share of the funds is the size",
    plan: {
      2: (context) => context.buy(share()),
      5: (context) => context.exit(),
      7: (context) => context.sell(share(0.5)),
      9: (context) => context.exit(),
    },
    costs: { ...TAKES_A_TENTH_OF_A_PERCENT, fixedFeeQuote: 5 },
    trades: [[92, 3, 6, 103, 101, 28.768, -212.768], [-45, 8, 10, 98, 107, 19.225, -424.225]],
    equity: [9372.822, 9363.007, 9363.007],
  },
  {
    title: "so does a function's",
    plan: {
      2: (context) => context.buy(share()),
      5: (context) => context.exit(),
      7: (context) => context.buy(share(0.5)),
      9: (context) => context.exit(),
    },
    fees: ({ notionalQuote }) => Math.max(2 / notionalQuote, 0.002),
    trades: [[95, 3, 6, 103, 101, 38.76, -228.76], [47, 8, 10, 98, 107, 19.27, 403.73]],
    equity: [10185.028, 10174.97, 10174.97],
  },
  {
    title: "an opposite order closes first, without the spread",
    plan: {
      1: (context) => context.buy(units(40)),
      4: (context) => context.sell(units(60)),
      8: (context) => context.buy(units(15)),
    },
    costs: { ...TAKES_A_TENTH_OF_A_PERCENT, slippageBps: 100 },
    trades: [
      [40, 2, 5, 103.02, 104, 8.2808, 30.9192],
      [-15, 5, 9, 102.96, 102, 3.0744, 11.3256],
      [-5, 5, 11, 102.96, 105, 1.0398, -11.2398],
    ],
    equity: [10021.53, 10031.53, 10031.005],
  },
  {
    title: "a target waits for the next candle after a stop-limit entry",
    plan: {
      2: (context) => {
        context.buy({ ...units(10), at: stopLimitAt(105, 105.5), stop: atPrice(90), target: atPrice(105.8) });
      },
    },
    trades: [[10, 3, 4, 105, 105.8, 0, 8]],
    equity: [10008, 10008, 10008],
  },
  {
    title: "after a stop entry it does not",
    plan: {
      2: (context) => context.buy({ ...units(10), at: stopAt(105), stop: atPrice(90), target: atPrice(105.8) }),
    },
    trades: [[10, 3, 3, 105, 105.8, 0, 8]],
    equity: [10008, 10008, 10008],
  },
  {
    title: "what is asked for at the last close fills on the last candle, closes first, and what it opens stays open",
    plan: {
      3: (context) => context.buy(units(20)),
      11: (context) => {
        context.exit();
        context.sell(units(30));
      },
    },
    costs: TAKES_A_TENTH_OF_A_PERCENT,
    trades: [[20, 4, 11, 105, 105, 4.2, -4.2]],
    equity: [10037.9, 9997.9, 10052.65],
  },
  {
    title: "an entry at the last close can meet its stop on the last candle",
    plan: {
      11: (context) => context.buy({ ...units(30), stop: atPrice(102), target: atPrice(120) }),
    },
    costs: TAKES_A_TENTH_OF_A_PERCENT,
    trades: [[30, 11, 11, 105, 102, 6.21, -96.21]],
    equity: [10000, 10000, 9903.79],
  },
  {
    title: "leverage may buy a unit that the equity alone does not",
    plan: { 1: (context) => context.buy(share()), 4: (context) => context.exit() },
    cashQuote: 60,
    leverage: 10,
    trades: [[5, 2, 5, 102, 104, 0, 10]],
    equity: [70, 70, 70],
  },
];

class Planned extends BaseStrategy {
  readonly series = [];
  constructor(readonly plan: Plan) {
    super();
  }
  decide(context: DecisionContext): void {
    this.plan[context.index]?.(context);
  }
}

for (const { title, plan, cashQuote = 10_000, leverage = 1, costs, fees, trades, equity } of CASES) {
  Deno.test(`as in backtesting.py, ${title}`, async () => {
    const spec = parseRunSpec({
      strategy: "planned",
      markets: [{ ...market, tick: "0.000000000001", lot: "1", feeDecimals: 24 }],
      timeframe: "1h",
      account: { cashQuote, leverage },
      fillRules: backtestingPyRules,
      costs: fees === undefined
        ? { makerBps: 0, takerBps: 0, ...costs }
        : { fees: { kind: "custom", source: String(fees) } },
    });
    const strategy = defineStrategy({ id: "planned", params: {}, create: () => new Planned(plan) });
    const own = fees === undefined ? {} : { fees };
    const run = await runBacktest(spec, strategy.bind(), [candles], undefined, own);
    assert.equal(run.trades.length, trades.length);
    trades.forEach(([size, entryBar, exitBar, entry, exit, commission, pnl], i) => {
      const trade = run.trades[i]!;
      assert.equal(trade.side === "long" ? trade.quantity : -trade.quantity, size);
      assert.deepEqual([trade.entryTimeMs, trade.exitTimeMs], [entryBar * HOUR_MS, exitBar * HOUR_MS]);
      assertClose(trade.entryPrice, entry, "entry");
      assertClose(trade.exitPrice, exit, "exit");
      assert.ok(Math.abs(trade.fees - commission) < 1e-9, `commission ${trade.fees}`);
      assert.ok(Math.abs(trade.pnl - pnl) < 1e-9, `profit ${trade.pnl}`);
    });
    run.equity.equity.slice(-3).forEach((value, i) => assertClose(value, equity[i]!, `equity ${i}`));
  });
}
