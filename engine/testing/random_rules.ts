// Test support only: strategies stated as rules, runs and candles for them, all at random from a few numbers.
import fc from "fast-check";
import { parseRunSpec, type RunSpec } from "../backtest/mod.ts";
import { atr, ema, rsi, sma } from "../indicators/mod.ts";
import { type CandleColumns, instrument } from "../market/mod.ts";
import {
  close,
  constant,
  crossesAbove,
  crossesBelow,
  high,
  highest,
  low,
  lowest,
  on,
  open,
  type Series,
  shift,
} from "../series/mod.ts";
import { atPrice, type BoundStrategy, defineStrategy, percent, type StrategyRules, when } from "../strategies/mod.ts";
import { timeframe } from "../time/mod.ts";
import { Drawn } from "./drawn.ts";
import { randomHistory } from "./random_history.ts";

/** A run of rules in a few numbers. */
export interface RuleRecipe {
  readonly seed: number;
  readonly candles: number;
  /** Grids and costs like those of real markets, or the plainest there are. */
  readonly rough: boolean;
}

/** Shorter and plainer ones when they shrink. */
export const ruleRecipes: fc.Arbitrary<RuleRecipe> = fc.record({
  seed: fc.noShrink(fc.integer({ min: 0, max: 2 ** 31 - 1 })),
  candles: fc.integer({ min: 1, max: 220 }),
  rough: fc.boolean(),
});

/** What a recipe makes: a run, and as many strategies for it as a small grid has. */
export interface RandomRules {
  readonly spec: RunSpec;
  readonly strategies: readonly BoundStrategy[];
  readonly candles: CandleColumns;
}

const START_MS = Date.UTC(2024, 0, 1, 20);

/** Everything that a run of rules needs. */
export function randomRules(recipe: RuleRecipe): RandomRules {
  const drawn = new Drawn(recipe.seed, "rules"), symbol = "BTC/USDT";
  const isContract = drawn.chance(0.5);
  const candles = randomHistory(instrument({ exchange: "test", symbol }), {
    seed: recipe.seed,
    timeframe: timeframe("1h"),
    startMs: START_MS,
    length: recipe.candles,
    gaps: drawn.chance(0.3),
    awkward: drawn.chance(0.6),
    scale: { price: drawn.of([1, 1, 0.01, 300]), quantity: 1, quote: 1 },
  });
  const spec = randomSpec(drawn, recipe, isContract);
  const seeds = [1, 2, 3].map((i) => recipe.seed * 4 + i);
  const strategies = seeds.map((seed) =>
    defineStrategy({ id: "random-rules", params: {}, rules: () => rulesOf(seed, isContract) }).bind()
  );
  return { spec, strategies, candles };
}

function randomSpec(drawn: Drawn, { candles, rough }: RuleRecipe, isContract: boolean): RunSpec {
  const kind = isContract ? "linear" as const : "spot" as const;
  const received = !isContract && drawn.chance(0.5);
  return parseRunSpec({
    strategy: "random-rules",
    params: {},
    markets: [{
      exchange: "test",
      symbol: "BTC/USDT",
      kind,
      ...(rough ? { tick: drawn.of(["0.01", "0.25", "0.0001", "0.00000001"]) } : {}),
      ...(rough && !received ? { lot: drawn.of(["0.001", "0.5", "1", "0.00001"]) } : {}),
      ...(rough && drawn.chance(0.3) ? { minNotional: drawn.of(["5", "80"]) } : {}),
      ...(isContract ? {} : { feeAsset: received ? "received" as const : "quote" as const }),
      ...(rough && !received ? { feeDecimals: drawn.of([2, 4, 8, 12]) } : {}),
    }],
    timeframe: "1h",
    from: drawn.chance(0.2) && candles > 60 ? "2024-01-02T12:00" : null,
    account: { cashQuote: drawn.of([10_000, 137.31, 1_000_000]), leverage: isContract ? drawn.of([1, 2, 5]) : 1 },
    costs: {
      makerBps: drawn.of([0, 10, 2.5, -1]),
      takerBps: drawn.of([0, 10, 7.5, 30]),
      slippage: drawn.of([{ kind: "none" }, { kind: "fixed", bps: 2 }, { kind: "fixed", bps: 25 }] as const),
      ...(drawn.chance(0.2) ? { reserveBps: 0 } : {}),
    },
    sizing: drawn.of(
      [
        { kind: "equity-fraction", fraction: 1 },
        { kind: "equity-fraction", fraction: 1 },
        { kind: "equity-fraction", fraction: 0.4 },
        { kind: "units", units: 1 },
        { kind: "fixed-notional", notionalQuote: 900 },
        { kind: "risk-per-trade", fraction: 0.02 },
      ] as const,
    ),
  });
}

function rulesOf(seed: number, isContract: boolean): StrategyRules {
  const drawn = new Drawn(seed, "strategy");
  const shorts = isContract && drawn.chance(0.7) || drawn.chance(0.05), longs = !shorts || drawn.chance(0.8);
  const list = (reason: string) =>
    drawn.chance(0.2) ? [condition(drawn), when(condition(drawn), reason)] : condition(drawn);
  return {
    ...(longs ? { enter: list("second"), ...(drawn.chance(0.8) ? { exit: list("out") } : {}) } : {}),
    ...(shorts
      ? { enterShort: list("second-short"), ...(drawn.chance(0.7) ? { exitShort: list("out-short") } : {}) }
      : {}),
    ...(drawn.chance(0.5) ? { stop: protection(drawn) } : {}),
    ...(drawn.chance(0.5) ? { target: protection(drawn) } : {}),
  };
}

function protection(drawn: Drawn): NonNullable<Exclude<StrategyRules["stop"], (...args: never[]) => unknown>> {
  const kinds = [
    () => percent(drawn.of([0.1, 0.5, 1, 2, 5])),
    () => atr(drawn.of([2, 5])).mul(drawn.of([0.3, 1, 2])),
    () => close.sub(sma(close, 3)).abs(),
    () => atPrice(drawn.of([95, 100, 105])),
  ];
  return drawn.of([0, 0, 0, 1, 1, 2, 3].map((i) => kinds[i]!))();
}

function condition(drawn: Drawn, depth = 0): Series {
  const average = () => drawn.of([sma, sma, ema])(drawn.of([close, open]), drawn.whole(1, 12));
  const kinds: (() => Series)[] = [
    () => crossesAbove(average(), average()),
    () => crossesBelow(average(), average()),
    () => average().gt(average()),
    () => average().lte(average()),
    () => close.gt(open),
    () => close.gte(shift(highest(high, drawn.whole(1, 6)), 1)),
    () => low.lt(shift(lowest(low, drawn.whole(1, 6)), 1)),
    () => rsi(close, drawn.whole(2, 5)).lt(drawn.of([30, 50])),
    () => close.eq(open),
    () => on("2h", close.gt(shift(close, 1))),
    () => constant(drawn.of([0, 1])),
    () => close.sub(open),
  ];
  const made = drawn.of(kinds)();
  if (depth >= 2 || !drawn.chance(0.35)) return made;
  const other = condition(drawn, depth + 1);
  return drawn.of([() => made.and(other), () => made.or(other), () => made.and(other.not())])();
}
