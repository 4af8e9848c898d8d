// Test support only: whole runs at random, from the markets to what the strategies ask for.
import fc from "fast-check";
import { FILL_RULES, parseRunSpec, type RunSpec, type RunSpecInput } from "../backtest/mod.ts";
import { type CandleColumns, fundingColumns, type FundingRow, instrument, resample } from "../market/mod.ts";
import { defaultRules, type FillRules, type InstrumentFeed } from "../simulator/mod.ts";
import { type BoundStrategy, defineStrategy } from "../strategies/mod.ts";
import { formatTimestamp, timeframe, type TimestampMs } from "../time/mod.ts";
import { Drawn } from "./drawn.ts";
import { randomHistory } from "./random_history.ts";
import { RestlessStrategy, type Scale } from "./restless_strategy.ts";

/** What an account may have that a plain one has not. A recipe is shrunk by leaving them out. */
const FEATURES = [
  "preset",
  "rules",
  "path",
  "volume",
  "latency",
  "limits-otherwise",
  "fees",
  "tiers",
  "third-asset",
  "slippage",
  "margin",
  "hedge",
  "funding",
  "mark",
  "limits",
  "detail",
  "listings",
  "gaps",
  "awkward",
  "grid",
  "budgets",
  "coarse-strategy",
  "days",
  "calm",
] as const;
export type Feature = (typeof FEATURES)[number];

/** A run in a few numbers. */
export interface Recipe {
  readonly seed: number;
  readonly candles: number;
  readonly markets: number;
  readonly strategies: number;
  /** One bit for each feature. */
  readonly features: number;
}

/** Everything that a replay takes. */
export interface RandomAccount {
  readonly recipe: Recipe;
  readonly input: RunSpecInput;
  readonly spec: RunSpec;
  readonly strategies: readonly BoundStrategy[];
  readonly candles: readonly CandleColumns[];
  readonly feeds?: readonly InstrumentFeed[];
}

export const START_MS = Date.UTC(2024, 0, 1, 20) as TimestampMs;
const UNSCALED: Scale = { price: 1, quantity: 1, quote: 1 };
const TIERS = [
  { fromNotional: 0, maintenanceRate: 0.005, maxLeverage: 50 },
  { fromNotional: 3_000, maintenanceRate: 0.02 },
  { fromNotional: 20_000, maintenanceRate: 0.05 },
];

/** Recipes; shorter, plainer ones when they shrink. Some properties need features, and some cannot have them. */
export function recipes(
  { need = [], without = [] }: { readonly need?: readonly Feature[]; readonly without?: readonly Feature[] } = {},
): fc.Arbitrary<Recipe> {
  const bitsOf = (names: readonly Feature[]) => names.reduce((bits, name) => bits | 1 << FEATURES.indexOf(name), 0);
  const always = bitsOf(need), allowed = ~bitsOf(without);
  return fc.record({
    seed: fc.noShrink(fc.integer({ min: 0, max: 2 ** 31 - 1 })),
    candles: fc.integer({ min: 1, max: 11 }),
    markets: fc.constantFrom(1, 1, 1, 2, 3),
    strategies: fc.integer({ min: 1, max: 2 }),
    features: fc.integer({ min: 0, max: 2 ** FEATURES.length - 1 }).map((bits) => (bits | always) & allowed),
  });
}

/** The account of a recipe. Scaled, it is the same one at other prices and in other sizes. */
export function accountOf(recipe: Recipe, priceScale = 1): RandomAccount {
  return new AccountMaker(recipe, priceScale).account();
}

class AccountMaker {
  readonly #drawn: Drawn;
  readonly #kind: "spot" | "linear" | "inverse";
  readonly #scale: Scale;
  readonly #hedge: boolean;
  readonly #timeframe: "1h" | "1d";
  readonly #detail: boolean;

  constructor(readonly recipe: Recipe, priceScale: number) {
    const drawn = this.#drawn = new Drawn(recipe.seed, "account");
    this.#kind = drawn.of(this.has("margin") ? ["linear", "inverse"] : ["spot", "spot", "linear", "inverse"]);
    this.#hedge = this.has("hedge") && this.#kind !== "spot";
    this.#timeframe = this.has("days") ? "1d" : "1h";
    this.#detail = this.has("detail") && !this.has("days");
    // What an inverse contract is worth falls when its price rises.
    this.#scale = priceScale === 1
      ? UNSCALED
      : this.#kind === "inverse"
      ? { price: priceScale, quantity: priceScale, quote: priceScale }
      : { price: priceScale, quantity: 1 / priceScale, quote: 1 };
  }

  has(name: Feature): boolean {
    return (this.recipe.features >> FEATURES.indexOf(name) & 1) === 1;
  }

  account(): RandomAccount {
    const { recipe } = this, { seed } = recipe;
    const fine = this.#symbols().map((symbol) => this.#history(symbol));
    const coarse = this.#detail ? fine.map((own) => resample(own, timeframe("1h"))) : fine;
    const input = this.#input();
    const spec = parseRunSpec(input);
    const strategies = (input.strategies!).map(({ id }) =>
      restless(seed, id!, this.#scale, this.has("calm") ? 0.12 : 0.4)
    );
    const feeds = this.#feeds(spec, fine);
    return {
      recipe,
      input,
      spec,
      strategies,
      candles: this.#detail ? [...coarse, ...fine] : coarse,
      ...(feeds === null ? {} : { feeds }),
    };
  }

  #symbols(): string[] {
    const all = this.#kind === "inverse" ? ["BTC/USD", "BTC/USDT", "BTC/EUR"] : ["BTC/USDT", "ETH/USDT", "ADA/USDT"];
    return all.slice(0, this.recipe.markets);
  }

  #history(symbol: string): CandleColumns {
    const { seed } = this.recipe, detail = this.#detail;
    return randomHistory(instrument({ exchange: "test", symbol }), {
      seed,
      timeframe: timeframe(detail ? "15m" : this.#timeframe),
      startMs: this.#timeframe === "1d" ? Date.UTC(2024, 0, 1) : START_MS,
      length: this.#lengthOf(symbol) * (detail ? 4 : 1),
      gaps: this.has("gaps"),
      awkward: this.has("awkward"),
      scale: this.#scale,
    });
  }

  /** Candles of a market: those of one that is delisted end. */
  #lengthOf(symbol: string): number {
    const { seed, candles } = this.recipe;
    if (!this.has("listings")) return candles;
    const drawn = new Drawn(seed, `life of ${symbol}`);
    return drawn.chance(0.5) ? Math.min(candles, drawn.whole(1, candles)) : candles;
  }

  #input(): RunSpecInput {
    const drawn = this.#drawn, margin = this.#marginMode();
    return {
      strategies: this.#strategies(),
      overlappingBudgets: true,
      markets: this.#symbols().map((symbol) => this.#market(symbol)),
      timeframe: this.#timeframe,
      ...(this.#detail ? { detail: "15m" } : {}),
      account: {
        cashQuote: this.#kind === "inverse" ? 50 : 10_000,
        leverage: this.#kind === "spot" ? 1 : drawn.of(this.has("margin") ? [3, 10, 25] : [1, 2, 5]),
        ...(this.#hedge ? { positionMode: "hedge" } : {}),
        ...margin,
        ...(this.#charges() && this.#kind === "spot" ? { borrow: { BTC: 0.0001 } } : {}),
        ...(this.#charges() && this.#kind !== "spot" ? { funding: true } : {}),
        ...(this.#marked() ? { markPrice: true } : {}),
      },
      fillRules: this.#fillRules(),
      costs: this.#costs(),
      sizing: drawn.of([
        { kind: "equity-fraction", fraction: 0.4 } as const,
        { kind: "equity-fraction", fraction: 1 } as const,
        { kind: "units", units: 4 * this.#scale.quantity } as const,
      ]),
      limits: this.#limits(),
      seed: drawn.whole(0, 1_000),
    };
  }

  /** Funding or interest. */
  #charges(): boolean {
    return this.has("funding") && this.#timeframe === "1h";
  }

  #marked(): boolean {
    return this.has("mark") && this.#kind !== "spot";
  }

  #marginMode(): RunSpecInput["account"] {
    if (!this.has("margin") || this.#kind === "spot") return {};
    const drawn = new Drawn(this.recipe.seed, "margin");
    return {
      marginMode: this.#hedge ? "isolated" : drawn.of(["isolated", "cross"]),
      liquidation: {
        feeBps: drawn.of([0, 50]),
        settleAt: drawn.of(["liquidation-price", "bankruptcy-price"]),
        maintenanceOn: drawn.of(["mark", "entry"]),
      },
    };
  }

  #strategies(): NonNullable<RunSpecInput["strategies"]> {
    const drawn = new Drawn(this.recipe.seed, "strategies");
    return ["one", "two"].slice(0, this.recipe.strategies).map((id, i) => ({
      id,
      strategy: "restless",
      ...(this.has("budgets") ? { budgetFraction: drawn.of([0.3, 0.7, 1]) } : {}),
      ...(i === 1 && this.has("coarse-strategy") ? { timeframe: this.#timeframe === "1h" ? "2h" : "2d" } : {}),
    }));
  }

  #market(symbol: string): NonNullable<RunSpecInput["markets"]>[number] {
    const { seed, candles } = this.recipe,
      drawn = new Drawn(seed, `market ${symbol}`),
      { price, quantity } = this.#scale;
    const coarse = this.has("grid");
    const stepMs = this.#timeframe === "1h" ? 3_600_000 : 86_400_000;
    const startMs = this.#timeframe === "1h" ? START_MS : Date.UTC(2024, 0, 1);
    const length = this.#lengthOf(symbol);
    return {
      exchange: "test",
      symbol,
      kind: this.#kind,
      tick: String((coarse ? drawn.of([0.01, 0.5, 5]) : 0.01) * price),
      lot: String((coarse ? drawn.of([0.25, 1, 8]) : 0.0001) * quantity),
      ...(coarse && drawn.chance(0.5) ? { minNotional: this.#kind === "inverse" ? "0.02" : "120" } : {}),
      ...(this.#kind === "spot" && drawn.chance(0.3) && !this.#borrows(symbol) ? { feeAsset: "quote" as const } : {}),
      ...(coarse ? { feeDecimals: drawn.of([2, 4, 8]) } : {}),
      ...(this.#kind !== "spot" && coarse && drawn.chance(0.3) ? { contractSize: "0.1" } : {}),
      ...(this.#kind === "spot" ? {} : { marginTiers: this.#tiers() }),
      ...(length < candles
        ? { delistedAt: formatTimestamp(startMs + length * stepMs + drawn.of([0, 0, 2]) * stepMs as TimestampMs) }
        : {}),
      ...(this.has("listings") && length > 2 && drawn.chance(0.2)
        ? { listedAt: formatTimestamp(startMs + stepMs * 2 as TimestampMs) }
        : {}),
    } as NonNullable<RunSpecInput["markets"]>[number];
  }

  #borrows(symbol: string): boolean {
    return this.#charges() && symbol.startsWith("BTC");
  }

  #tiers() {
    return this.#kind === "inverse" ? TIERS.map((own) => ({ ...own, fromNotional: own.fromNotional / 100 })) : TIERS;
  }

  #fillRules(): FillRules {
    const drawn = new Drawn(this.recipe.seed, "fill rules");
    const base = this.has("preset") ? drawn.of(FILL_RULES) : defaultRules;
    const limitFill = this.has("limits-otherwise") ? drawn.of(["touch", "queue"] as const) : base.limitFill;
    const path = this.has("path") ? drawn.of(["nearest-extreme", "random"] as const) : undefined;
    return {
      ...base,
      ...(this.has("rules") ? this.#otherRules(drawn) : {}),
      id: "any",
      limitFill,
      ...(limitFill === "queue" ? { queue: { aheadShare: 0.2, tradedShare: 0.5 } } : {}),
      ...(path === undefined || limitFill === "queue" ? {} : { path }),
      ...(this.has("volume") ? { volumeShare: drawn.of([0.05, 0.3, 1]) } : {}),
      ...(this.has("latency") ? { latencyMs: drawn.of([[0], [1_000], [0, 1_800_000, 7_200_000]]) } : {}),
    };
  }

  /** Single rules, in any company. */
  #otherRules(drawn: Drawn): Partial<FillRules> {
    const afterEntry = ["none", "stop", "target-unless-stop", "whole-candle"] as const;
    return {
      marketPrice: drawn.of(["next-open", "next-open", "this-close", "previous-close"]),
      openGoesFirst: drawn.chance(0.5),
      stopEntryGap: drawn.of(["open", "previous-close"]),
      afterEntryInside: { limit: drawn.of(afterEntry), stop: drawn.of(afterEntry) },
      ...(drawn.chance(0.3) ? { limitGap: "own-price" as const } : {}),
      ...(drawn.chance(0.3) ? { stopGap: "own-price" as const } : {}),
      ...(drawn.chance(0.3) ? { targetFill: "through" as const } : {}),
      ...(drawn.chance(0.3) ? { trailing: "best-price-first" as const } : {}),
      ...(drawn.chance(0.3) ? { entryTime: "order" as const } : {}),
      slips: drawn.of(["takers", "market-orders", "entries"]),
      sizeAt: drawn.of(["decision", "fill"]),
      fundsMark: drawn.of(["fill-price", "candle-close"]),
      fundsFee: drawn.of(["fill-price", "unslipped-price"]),
      beyondFunds: drawn.of(["cut", "cancel"]),
      atEnd: drawn.of(["leave-open", "close-on-last-candle", "close-at-last-open"]),
    };
  }

  #costs(): NonNullable<RunSpecInput["costs"]> {
    const drawn = new Drawn(this.recipe.seed, "costs"), fees = this.has("fees");
    return {
      makerBps: fees ? drawn.of([-2, 0, 5]) : 0,
      takerBps: fees ? drawn.of([0, 7, 60]) : 0,
      ...(fees && drawn.chance(0.2) ? { fixedFeeQuote: this.#kind === "inverse" ? 0.001 : 0.35 } : {}),
      ...(fees && this.has("tiers")
        ? { tiers: [{ fromVolumeQuote: this.#kind === "inverse" ? 20 : 2_000, makerBps: -1, takerBps: 3 }] }
        : {}),
      ...(fees && this.has("third-asset")
        ? { payFeesIn: { asset: "BNB", balance: drawn.of([0, 0.01, 5]), priceQuote: 300, discountFraction: 0.25 } }
        : {}),
      slippage: this.has("slippage")
        ? drawn.of([
          { kind: "fixed", bps: 30 } as const,
          { kind: "volume-share", halfSpreadBps: 3, impactBps: 100 } as const,
          { kind: "square-root", halfSpreadBps: 2, coefficient: 0.8 } as const,
        ])
        : { kind: "none" },
    };
  }

  #limits(): NonNullable<RunSpecInput["limits"]> {
    if (!this.has("limits")) return {};
    const drawn = new Drawn(this.recipe.seed, "limits");
    return {
      maxPositions: drawn.whole(1, 4),
      maxExposureFraction: drawn.of([0.8, 1.5]),
      shrinkToFit: drawn.chance(0.5),
      maxEntriesPerDay: drawn.of([3, 20]),
      ...(drawn.chance(0.3) ? { cooldownCandles: 2 } : {}),
      ...(drawn.chance(0.3) ? { maxDailyLossFraction: 0.05 } : {}),
      ...(drawn.chance(0.2) ? { maxDrawdownFraction: 0.2 } : {}),
      ...(drawn.chance(0.3) ? { stopGuard: { trades: 2, withinCandles: 5, pauseCandles: 3 } } : {}),
      ...(drawn.chance(0.2) ? { maxCorrelation: { coefficient: 0.5, withinCandles: 4 } } : {}),
    };
  }

  /** Funding that is due at opens, at closes and between them, some of it missing; marks that are not what was traded. */
  #feeds(spec: RunSpec, candles: readonly CandleColumns[]): readonly InstrumentFeed[] | null {
    const { funding, markPrice } = spec.account;
    if (!funding && !markPrice) return null;
    const { seed, candles: length } = this.recipe;
    return spec.markets.map(({ symbol }) => {
      const own = candles.find((columns) => columns.instrument.symbol === symbol)!;
      const drawn = new Drawn(seed, `feed of ${symbol}`), rows: FundingRow[] = [];
      const stepMs = drawn.of([3_600_000, 2 * 3_600_000 + 600_000]);
      for (let i = 0; i <= length; i++) {
        const rate = drawn.whole(-50, 50) / 10_000, missing = drawn.chance(0.15) && i > 0;
        if (!missing) rows.push({ timeMs: START_MS + i * stepMs as TimestampMs, rate });
      }
      const shift = 1 + drawn.whole(-5, 5) / 1_000;
      return {
        funding: funding ? fundingColumns(own.instrument, rows) : null,
        mark: markPrice
          ? {
            ...own,
            open: own.open.map((value) => value * shift),
            high: own.high.map((value) => value * shift),
            low: own.low.map((value) => value * shift),
            close: own.close.map((value) => value * shift),
          }
          : null,
        fromMs: START_MS,
        toMs: START_MS + length * 3_600_000 as TimestampMs,
      };
    });
  }
}

const RESTLESS = defineStrategy({
  id: "restless",
  params: {},
  create: () => new RestlessStrategy(0, "restless", UNSCALED, 0.4),
}).bind();

/** A restless strategy of that name on an account. */
function restless(seed: number, name: string, scale: Scale, actingShare: number): BoundStrategy {
  return { ...RESTLESS, create: () => new RestlessStrategy(seed, name, scale, actingShare) };
}
