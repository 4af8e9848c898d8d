// A strategy run again and again: as it was, with other futures, from other beginnings, at other times.
import { replayOf, type RunFunctions, type RunSpec, usedCandles } from "../../backtest/mod.ts";
import { InputError } from "../../errors/mod.ts";
import { type CandleColumns, rowAtOrAfter, sliceCandles, VALUE_COLUMNS } from "../../market/mod.ts";
import type { Series } from "../../series/mod.ts";
import type { BoundStrategy } from "../../strategies/mod.ts";
import { barClose, SeededRandom, type TimestampMs } from "../../time/mod.ts";
import { type Alteration, ALTERATION_TEXT, alteredCandles, copiedCandles } from "./altered_future.ts";
import { AlterableData, leakData, rowClosingAfter } from "./leak_data.ts";
import { type Decision, WitnessedStrategy, type WitnessTerms } from "./witnessed_strategy.ts";

/** What a strategy is run on. */
export interface StrategySubject {
  /** Of one strategy. */
  readonly spec: RunSpec;
  /** Makes the strategy with its parameters, anew for each run: of the candles where it is made of them. */
  readonly make: (history: readonly CandleColumns[]) => BoundStrategy;
  /** Candles of the spec's markets and of symbols that are only read: the very arrays that the strategy may hold on to. */
  readonly history: readonly CandleColumns[];
  readonly functions?: RunFunctions;
}

/** Decisions of a run, one list a book. */
export type Books = readonly (readonly Decision[])[];

/** A run with the strategy that it was made of. */
export interface WitnessedRun {
  readonly bound: BoundStrategy;
  readonly books: Books;
}

/** Runs a subject. The first run is a backtest; the others follow its account and trade nothing. */
export class StrategyRuns {
  runs = 0;
  /** Futures of which the strategy could make nothing, with what it said. */
  readonly failures = new Map<string, string>();
  readonly data: AlterableData;
  readonly base: WitnessedRun;
  readonly #used: readonly CandleColumns[];
  readonly #tradeFromMs: TimestampMs;
  readonly #bare: RunSpec;
  readonly #script: readonly ReadonlyMap<number, Decision>[];

  /** @param partsOf Series whose values are written down beside those of a strategy. */
  constructor(readonly subject: StrategySubject, seed: number, readonly partsOf: (bound: BoundStrategy) => Series[]) {
    const { spec, history, functions = {} } = subject;
    if (spec.strategies !== undefined) {
      throw new InputError("strategies", "leaks are looked for in one strategy at a time: give one, not several");
    }
    this.data = new AlterableData(leakData(inOrder(history, spec)), seed);
    const bound = subject.make(history), { used, tradeFromMs } = usedCandles(spec, bound, history);
    this.#used = used.filter((own) => own.timeframe === spec.timeframe).map(copiedCandles);
    this.#tradeFromMs = tradeFromMs;
    this.#bare = bareSpec(spec);
    const strategy = new WitnessedStrategy(bound, partsOf(bound));
    replayOf(spec, strategy, used, tradeFromMs, undefined, undefined, functions);
    this.runs++;
    this.base = { bound, books: strategy.books };
    this.#script = strategy.books.map((book) => new Map(book.map((own) => [own.openTimeMs, own])));
  }

  /** Candles that the run has used, of the first market: rows of decisions are found in it by their open times. */
  get candles(): CandleColumns {
    return this.#used[0]!;
  }

  /** The same once more. */
  again(terms: WitnessTerms = {}): WitnessedRun {
    return this.#run(this.#used, this.#tradeFromMs, terms);
  }

  /**
   * With what comes after row `cut` of the first market replaced, up to the decision at its close; null where the strategy
   * can make nothing of that future.
   */
  upTo(cut: number, how: Alteration, draw = 0): WitnessedRun | null {
    const untilMs = this.candles.openTimeMs[cut]!;
    const row = this.data.given.candles.openTimeMs.indexOf(untilMs);
    try {
      this.data.altered(row, how, draw);
      return this.#run(this.#used, this.#tradeFromMs, { sameValues: true }, (openMs) => openMs < untilMs);
    } catch (error) {
      this.failures.set(ALTERATION_TEXT[how], error instanceof Error ? error.message : String(error));
      return null;
    } finally {
      this.data.restore();
    }
  }

  /**
   * With the future of every decision replaced in the arrays that were given: each candle gets its own values back when it
   * closes, and the decision at its close is made before any other does.
   */
  revealing(how: Alteration, seed: number): WitnessedRun | null {
    const random = new SeededRandom(seed), curtains = this.subject.history.map((own) => new Curtain(own, how, random));
    const opens = [...new Set(this.#used.flatMap((own) => [...own.openTimeMs]))].sort((a, b) => a - b);
    const { timeframe } = this.candles;
    let next = 0;
    const reveal = () => {
      const openMs = opens[next++] as TimestampMs | undefined;
      if (openMs !== undefined) { for (const curtain of curtains) curtain.reveal(barClose(timeframe, openMs)); }
      return true;
    };
    try {
      // What a strategy makes of the candles when it is made is looked at by `upTo`.
      const bound = this.subject.make(this.subject.history);
      for (const curtain of curtains) curtain.draw();
      reveal();
      return this.#runBound(bound, this.#used, this.#tradeFromMs, { sameValues: true }, reveal);
    } catch (error) {
      this.failures.set(ALTERATION_TEXT[how], error instanceof Error ? error.message : String(error));
      return null;
    } finally {
      for (const curtain of curtains) curtain.reveal(Infinity);
    }
  }

  /** With all candles others in the arrays that were given; null as {@linkcode upTo} says. The market is as it was. */
  replaced(how: Alteration, seed: number): WitnessedRun | null {
    const random = new SeededRandom(seed), curtains = this.subject.history.map((own) => new Curtain(own, how, random));
    try {
      for (const curtain of curtains) curtain.draw();
      return this.again({ sameValues: true });
    } catch {
      return null;
    } finally {
      for (const curtain of curtains) curtain.reveal(Infinity);
    }
  }

  /** As if history began `first` rows later. */
  begunAt(first: number): WitnessedRun {
    const fromMs = this.candles.openTimeMs[first]!;
    const cut = this.#used.map((own) => sliceCandles(own, rowAtOrAfter(own, fromMs as TimestampMs), own.length));
    return this.#run(cut, Math.max(fromMs, this.#tradeFromMs) as TimestampMs, {});
  }

  /** As if all of it had happened so much later. */
  shifted(timeOffsetMs: number): WitnessedRun {
    const moved = this.#used.map((own) => ({ ...own, openTimeMs: own.openTimeMs.map((at) => at + timeOffsetMs) }));
    return this.#run(moved, this.#tradeFromMs + timeOffsetMs as TimestampMs, { timeOffsetMs, sameValues: true });
  }

  #run(
    used: readonly CandleColumns[],
    tradeFromMs: TimestampMs,
    terms: WitnessTerms,
    goesOn?: (openMs: number) => boolean,
  ): WitnessedRun {
    return this.#runBound(this.subject.make(this.subject.history), used, tradeFromMs, terms, goesOn);
  }

  #runBound(
    bound: BoundStrategy,
    used: readonly CandleColumns[],
    tradeFromMs: TimestampMs,
    terms: WitnessTerms,
    goesOn: (openMs: number) => boolean = () => true,
  ): WitnessedRun {
    this.runs++;
    const strategy = new WitnessedStrategy(bound, this.partsOf(bound), { ...terms, script: this.#script });
    const observer = {
      decided: (_: unknown, group: { openTimeMs: ArrayLike<number> }) => goesOn(group.openTimeMs[0]!),
    };
    replayOf(this.#bare, strategy, used, tradeFromMs, undefined, observer, this.subject.functions ?? {});
    return { bound, books: strategy.books };
  }
}

/** The history of the first market of the spec comes first, and of each symbol there is one. */
function inOrder(history: readonly CandleColumns[], { markets, timeframe }: RunSpec): CandleColumns[] {
  const [market] = markets, id = `${market!.exchange}:${market!.symbol}`;
  const own = history.filter((candles) => candles.timeframe === timeframe);
  const first = own.filter(({ instrument }) => instrument.id === id);
  const bySymbol = new Map<string, CandleColumns>();
  for (const candles of [...first, ...own]) {
    const { symbol } = candles.instrument;
    if (!bySymbol.has(symbol)) bySymbol.set(symbol, candles);
  }
  return [...bySymbol.values()];
}

/** The spec without what only concerns an account: of the runs that trade nothing. */
function bareSpec({ universe: _u, detail: _d, rules: _r, ...spec }: RunSpec): RunSpec {
  const { funding: _f, markPrice: _m, borrow: _b, ...account } = spec.account;
  const markets = spec.markets.map(({ listedAt: _l, delistedAt: _e, ...own }) => own);
  return { ...spec, markets, limits: {}, account };
}

/** Candles whose values are others until they are revealed, one after the other. */
class Curtain {
  readonly #true: CandleColumns;
  readonly #other: CandleColumns;
  #next = 0;

  constructor(readonly candles: CandleColumns, how: Alteration, random: SeededRandom) {
    this.#true = copiedCandles(candles);
    this.#other = alteredCandles(candles, 0, how, random);
  }

  draw(): void {
    for (const name of VALUE_COLUMNS) this.candles[name].set(this.#other[name]);
  }

  reveal(closeMs: number): void {
    const end = closeMs === Infinity ? this.candles.length : rowClosingAfter(this.candles, closeMs);
    for (; this.#next < end; this.#next++) {
      for (const name of VALUE_COLUMNS) this.candles[name][this.#next] = this.#true[name][this.#next]!;
    }
  }
}
