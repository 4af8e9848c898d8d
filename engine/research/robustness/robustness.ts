// How a result stands up to what did not happen: other orders, other histories, other costs, and its own count of trials.
import type { BoundStrategies, RunFunctions, RunRecord, TrialCandles, VenueFeed } from "../../backtest/mod.ts";
import { InputError } from "../../errors/mod.ts";
import type { CandleColumns } from "../../market/mod.ts";
import { type Figure, strategyTitle } from "../../metrics/mod.ts";
import { hashText, nominalLengthMs, SeededRandom, timeframe, type TimestampMs, YEAR_MS } from "../../time/mod.ts";
import { capacity } from "./capacity.ts";
import {
  BREAK_EVEN_REPLAYS,
  breakEvenBps,
  type CostStress,
  flatCosts,
  multipliedCosts,
  paidCosts,
} from "./cost_stress.ts";
import { crisisWindows } from "./crisis_windows.ts";
import { distributionOf, shareOf } from "./distribution.ts";
import { type EntryPermutation, entryPermutation } from "./entry_permutation.ts";
import type { Evidence } from "./evidence.ts";
import { heldCagr, heldCurve, heldFigures } from "./held_market.ts";
import { type LateDecisions, lateDecisions } from "./late_decisions.ts";
import { noisyCandles } from "./noisy_candles.ts";
import type { Part } from "./part.ts";
import { profitSources } from "./profit_sources.ts";
import { type BootstrapKind, jointTimes, redrawnCandles, redrawnPlaces } from "./redrawn_candles.ts";
import { Replayer, type ReplayFigures } from "./replayer.ts";
import type { DrawnHistories, NoisyPrices, RobustnessParts } from "./robustness_parts.ts";
import { type RobustnessSettings, type StatedRobustness, statedRobustness } from "./robustness_settings.ts";
import { skippedTrades } from "./skipped_trades.ts";
import { tradeOrder } from "./trade_order.ts";
import { type TradeStake, tradeStakes } from "./trade_stakes.ts";
import { type Verdict, verdictOf } from "./verdict.ts";

/** A run to be studied, with all that it was made of. */
export interface RobustnessInput {
  readonly run: RunRecord;
  readonly strategies: BoundStrategies;
  /** Exactly those that the run used, in its order. */
  readonly candles: readonly CandleColumns[];
  readonly functions?: RunFunctions;
  readonly feeds?: readonly VenueFeed[];
  /** What is known of the run beside itself. */
  readonly evidence: Evidence;
}

/** What goes on around a study. */
export interface RobustnessSurroundings {
  /** Told how many replays are done of how many; false ends the study early, with what there is. */
  readonly progress?: (done: number, total: number, part: string) => boolean | Promise<boolean>;
}

/** All that a study of robustness found, as it is kept and shown. */
export interface RobustnessStudy extends RobustnessParts {
  readonly verdict: Verdict;
}

/** A replay of the run itself may differ by so much: columns add the same numbers in another order. */
const TOLERANCE = 1e-6;
const INTERRUPTED = { reason: "the study was interrupted before" };

/**
 * Studies how robust a finished run is. Everything drawn comes from the seed; each part has draws of its own, so that one
 * part does not change another.
 *
 * @throws {InputError} `robustness` for settings that cannot be used, and where the run cannot be repeated from the candles
 * and functions that are given.
 */
export async function studyRobustness(
  input: RobustnessInput,
  settings: RobustnessSettings = {},
  surroundings: RobustnessSurroundings = {},
): Promise<RobustnessStudy> {
  const study = new Study(input, settings, surroundings);
  return await study.make();
}

class Study {
  readonly #input: RobustnessInput;
  readonly #own: StatedRobustness;
  readonly #windows: RobustnessSettings["windows"];
  readonly #around: RobustnessSurroundings;
  readonly #replayer: Replayer;
  readonly #stakes: readonly TradeStake[];
  readonly #cash: number;
  readonly #entryCost: number;
  readonly #total: number;
  #done = 0;
  #goesOn = true;

  constructor(input: RobustnessInput, settings: RobustnessSettings, around: RobustnessSurroundings) {
    const { run, strategies, candles, functions = {}, feeds = [] } = input, { run: facts, ...spec } = run.manifest;
    const trial: TrialCandles = { used: candles, tradeFromMs: facts.tradedFromMs as TimestampMs, functions, feeds };
    if (run.equity.equity.length === 0) {
      throw new InputError("robustness", "a run without a candle has nothing to study: choose a longer range");
    }
    if (spec.markets.some(({ kind }) => kind === "inverse")) {
      throw new InputError(
        "robustness",
        "the account of an inverse contract is kept in its base asset, beside which holding, costs and size in quote units say nothing: study the linear contract or the spot market",
      );
    }
    this.#input = input;
    this.#around = around;
    this.#windows = settings.windows;
    this.#replayer = new Replayer(spec, strategies, trial);
    const lengths = this.#markets.map(({ length }) => length);
    this.#own = statedRobustness(settings, lengths, this.#replayer.why === null ? "columns" : "events");
    this.#cash = run.notes.startingEquityQuote ?? spec.account.cashQuote;
    this.#stakes = tradeStakes(run.trades, run.equity, this.#cash);
    const { feeBps, slippageBps } = paidCosts(run.fills);
    this.#entryCost = ((feeBps ?? 0) + (slippageBps ?? 0)) / 10_000;
    const { samples, noiseFractions, costMultiples, delaysMs } = this.#own;
    this.#total = 1 + costMultiples.length + 1 + BREAK_EVEN_REPLAYS + delaysMs.length + 1 + 2 * samples +
      noiseFractions.length * perLevel(samples);
  }

  async make(): Promise<RobustnessStudy> {
    const { run, evidence } = this.#input, { manifest, equity } = run, own = this.#own;
    const actual = await this.#repeated(), { closeTimeMs } = equity;
    const held = heldCurve(this.#traded, manifest.run.tradedFromMs, this.#cash, this.#entryCost);
    const walk = evidence.walks.at(-1);
    const years = (closeTimeMs.at(-1)! - closeTimeMs[0]!) / YEAR_MS;
    const profits = this.#stakes.map(({ profitFraction }) => profitFraction);
    const noTrades = { reason: "the run closed no trade" }, hasTrades = profits.length > 0;
    const parts: Omit<RobustnessParts, "replays" | "interrupted"> = {
      run: {
        hash: manifest.run.hash,
        strategy: strategyTitle(manifest),
        params: manifest.params ?? {},
        markets: manifest.markets.map(({ exchange, symbol }) => `${exchange}:${symbol}`),
        timeframe: manifest.timeframe,
        fromMs: closeTimeMs[0]!,
        toMs: closeTimeMs.at(-1)!,
        cashQuote: this.#cash,
        engineVersion: manifest.run.engineVersion,
      },
      settings: own,
      path: this.#replayer.why === null ? "columns" : "events",
      why: this.#replayer.why,
      actual,
      held: heldFigures(held, this.#cash),
      tradeOrder: hasTrades
        ? tradeOrder(profits, { ...own, samples: own.tradeSamples }, this.#random("trade order"))
        : noTrades,
      skipped: hasTrades
        ? {
          levels: own.skipFractions.map((skip) =>
            skippedTrades(profits, actual.totalReturnFraction, skip, own.tradeSamples, this.#random(`skipped ${skip}`))
          ),
        }
        : noTrades,
      crisis: crisisWindows(equity, held, this.#windows),
      capacity: hasTrades ? capacity(this.#stakes, this.#traded, years, own) : noTrades,
      entries: this.#entries(),
      sources: profitSources(equity, held, this.#stakes, this.#cash),
      costs: await this.#costs(),
      late: await this.#late(),
      bootstrap: {
        movingBlock: await this.#redrawn("moving-block"),
        stationary: await this.#redrawn("stationary"),
      },
      noise: await this.#noise(),
      evidence,
      heldInWalkFraction: walk === undefined ? null : heldCagr(held, walk.fromMs, walk.toMs),
    };
    const study: RobustnessParts = { ...parts, replays: this.#replayer.count, interrupted: !this.#goesOn };
    return { ...study, verdict: verdictOf(study) };
  }

  /** Candles of the run's timeframe: of its markets, then of those that it only reads. */
  get #markets(): readonly CandleColumns[] {
    const { candles, run } = this.#input;
    return candles.filter(({ timeframe: length }) => length === run.manifest.timeframe);
  }

  get #traded(): readonly CandleColumns[] {
    return this.#markets.slice(0, this.#input.run.manifest.markets.length);
  }

  /** Draws for a thing of their own, whatever else is drawn. */
  #random(thing: string): SeededRandom {
    return new SeededRandom((hashText(thing) ^ Math.imul(this.#own.seed, 0x9e3779b1)) >>> 0);
  }

  async #tick(part: string): Promise<boolean> {
    if (!this.#goesOn) return false;
    const done = Math.min(this.#done++, this.#total - 1);
    return this.#goesOn = await this.#around.progress?.(done, this.#total, part) !== false;
  }

  /** The run once more: what is different must come from the variation, not from other candles or another engine. */
  async #repeated(): Promise<ReplayFigures> {
    await this.#tick("the run itself");
    const figures = this.#replayer.run(), { run } = this.#input, kept = run.metrics.totalReturnFraction ?? 0;
    if (Math.abs(figures.totalReturnFraction - kept) <= TOLERANCE * Math.max(1, Math.abs(kept))) return figures;
    throw new InputError(
      "robustness",
      `repeated, the run returns ${figures.totalReturnFraction} and not ${kept}: it was made by another version, or from other candles; make it again with backtest`,
    );
  }

  async #costs(): Promise<Part<CostStress>> {
    const { costs } = this.#replayer.spec;
    if (costs.fees !== undefined || costs.slippage.kind === "custom") {
      return { reason: "its costs are a function of its author's, which has no multiples" };
    }
    if (!await this.#tick("costs")) return INTERRUPTED;
    const free = this.#replayer.run({ spec: flatCosts(this.#replayer.spec, 0) }), levels = [];
    for (const multiple of this.#own.costMultiples) {
      if (!await this.#tick("costs")) return INTERRUPTED;
      levels.push({ multiple, figures: this.#replayer.run({ spec: multipliedCosts(this.#replayer.spec, multiple) }) });
    }
    const before = this.#done, breakEven = await breakEvenBps(this.#replayer, free, () => this.#tick("costs"));
    if (!this.#goesOn) return INTERRUPTED;
    this.#done = before + BREAK_EVEN_REPLAYS;
    return { ...paidCosts(this.#input.run.fills), levels, free, breakEvenBps: breakEven };
  }

  async #late(): Promise<Part<{ readonly delays: readonly LateDecisions[] }>> {
    const bar = nominalLengthMs(timeframe(this.#replayer.spec.timeframe)), delays: LateDecisions[] = [];
    for (const delayMs of [...this.#own.delaysMs.filter((own) => own < bar), bar]) {
      if (!await this.#tick("delays")) return delays.length === 0 ? INTERRUPTED : { delays };
      delays.push(lateDecisions(this.#replayer, delayMs));
    }
    return { delays };
  }

  /** Why the candles cannot be others than they were; null where they can. */
  get #whyFixed(): string | null {
    const { detail, account } = this.#replayer.spec;
    if (detail !== undefined) return "its orders meet finer candles, which would have to be drawn with the others";
    if (account.funding || account.markPrice) return "funding and mark prices belong to the prices that were there";
    return null;
  }

  async #redrawn(kind: BootstrapKind): Promise<Part<DrawnHistories>> {
    const why = this.#whyFixed, { samples, blockCandles } = this.#own, markets = this.#markets;
    if (why !== null) return { reason: why };
    const times = jointTimes(markets), random = this.#random(kind);
    return await this.#drawn(samples, kind, () => {
      const places = redrawnPlaces(times.length, kind, blockCandles, random);
      return markets.map((own) => redrawnCandles(own, times, places));
    });
  }

  async #noise(): Promise<Part<{ readonly levels: readonly NoisyPrices[] }>> {
    const why = this.#whyFixed, levels: NoisyPrices[] = [], { samples, noiseFractions } = this.#own;
    if (why !== null) return { reason: why };
    for (const rangeFraction of noiseFractions) {
      const random = this.#random(`noise ${rangeFraction}`);
      const drawn = await this.#drawn(
        perLevel(samples),
        "noise",
        () => this.#markets.map((own) => noisyCandles(own, rangeFraction, random)),
      );
      if ("reason" in drawn) return levels.length === 0 ? drawn : { levels };
      levels.push({ rangeFraction, ...drawn });
    }
    return { levels };
  }

  /** Replays drawn histories; what was done before an interruption is kept. */
  async #drawn(samples: number, part: string, draw: () => CandleColumns[]): Promise<Part<DrawnHistories>> {
    const figures: ReplayFigures[] = [], ahead: number[] = [];
    const { tradedFromMs } = this.#input.run.manifest.run, markets = this.#input.run.manifest.markets.length;
    while (figures.length < samples && await this.#tick(part)) {
      const used = draw(), own = this.#replayer.run({ used });
      const held = heldCurve(used.slice(0, markets), tradedFromMs, this.#cash, this.#entryCost);
      figures.push(own);
      ahead.push(own.totalReturnFraction - ((held.equity.at(-1) ?? this.#cash) / this.#cash - 1));
    }
    if (figures.length === 0) return INTERRUPTED;
    const { metrics } = this.#input.run;
    const spread = (of: (own: ReplayFigures) => Figure, name: string) =>
      distributionOf(figures.map(of), metrics[name] ?? null);
    return {
      samples: figures.length,
      totalReturn: spread(({ totalReturnFraction }) => totalReturnFraction, "totalReturnFraction"),
      sharpe: spread(({ sharpe }) => sharpe, "sharpe"),
      maxDrawdown: spread(({ maxDrawdownFraction }) => maxDrawdownFraction, "maxDrawdownFraction"),
      profitableFraction: shareOf(figures, ({ totalReturnFraction }) => totalReturnFraction > 0),
      beatsHoldingFraction: shareOf(ahead, (own) => own > 0),
    };
  }

  #entries(): Part<EntryPermutation> {
    const { run } = this.#input, { tradedFromMs } = run.manifest.run;
    const tested = entryPermutation(
      run.trades,
      this.#traded,
      tradedFromMs,
      this.#own.tradeSamples,
      this.#random("entries"),
    );
    return tested ?? { reason: "it has no trades, or trades of one market that overlap" };
  }
}

/** Histories at each size of noise. */
function perLevel(samples: number): number {
  return Math.ceil(samples / 4);
}
