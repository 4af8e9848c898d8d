import { BitSteps, type EvaluatorOptions, ROWS_PER_WORD, Series, SweepEvaluator, wordsOf } from "../../series/mod.ts";
import { distance, type Protection } from "../../strategies/mod.ts";
import { AMOUNT_DECIMALS, decimalToNumber } from "../../money/mod.ts";
import { AccountPath } from "./account_path.ts";
import { firingReason, signalSeries, type TrialSignals, trialSignals } from "./column_signals.ts";
import type { ColumnMoney, ColumnTerms } from "./column_terms.ts";
import { ColumnTrial, type TradeObserver, type TrialProtection } from "./column_trial.ts";
import type { TrialCandles } from "./event_trial.ts";
import { EquityKernel } from "./equity_kernel.ts";
import { EquityRecord } from "./equity_record.ts";
import { ExactAccount } from "./exact_account.ts";
import { ColumnHistory } from "./history.ts";
import type { PlainRules } from "./plain_rules.ts";
import { TrialKernel } from "./trial_kernel.ts";
import { type TrialKernels, trialKernels } from "./trial_kernels.ts";
import { type TrialMetrics, trialMetrics } from "./trial_metrics.ts";
import { TradedWindow } from "./traded_window.ts";
import { UnroundedAccount } from "./unrounded_account.ts";

/**
 * Words of rows that all trials pass before the next ones, so that their candles and signals stay in the cache; and the one
 * before them, as a signal in the last row of a window is looked at again in the next.
 */
const WINDOW_WORDS = 64, OVERLAP_WORDS = 1;

/** How a runner works; its answers are the same. */
export interface RunnerOptions extends Pick<EvaluatorOptions, "plain" | "common"> {
  /** Words of rows that all trials pass before the next ones. */
  readonly windowWords?: number;
}

/** Signals of trials in a window, and what fills them. */
interface WindowSignals {
  readonly signals: readonly TrialSignals[];
  readonly steps: BitSteps;
}

/** A trade of a trial by its rows, in the order of exits. */
export interface ColumnTrade {
  readonly side: "long" | "short";
  readonly quantity: number;
  readonly entryRow: number;
  /** −1 while it is open. */
  readonly exitRow: number;
  readonly entryPrice: number;
  readonly exitPrice: number;
  readonly fees: number;
  readonly pnl: number;
  readonly entryReason: string;
  readonly exitReason: string;
}

/**
 * Trades the rules of many trials over one history. It holds what they share: columns, extremes of blocks of candles, and
 * room to work in.
 */
export class ColumnRunner {
  readonly history: ColumnHistory;
  readonly #evaluator: SweepEvaluator;
  readonly #start: number;
  readonly #kernels: TrialKernels | null;
  readonly #windowWords: number;
  /** Trials at work together, made once. */
  readonly #trials: ColumnTrial[] = [];
  readonly #kernelTrials: TrialKernel[] = [];
  readonly #path: AccountPath;
  #window: TradedWindow | null = null;
  /** Bits of the signals of the last call, which the next one may have. */
  #bits: Int32Array[] = [];
  #steps: BitSteps;

  /**
   * @param perBar True where {@linkcode TrialMetrics.barSharpe} is wanted.
   */
  constructor(
    { used, tradeFromMs }: TrialCandles,
    readonly terms: ColumnTerms,
    readonly money: ColumnMoney = "exact",
    readonly perBar = false,
    how: RunnerOptions = {},
  ) {
    const [own] = used, others = new Map(used.map((columns) => [columns.instrument.symbol as string, columns]));
    this.#evaluator = new SweepEvaluator(own!, others, how);
    this.history = new ColumnHistory(own!, tradeFromMs, this.#evaluator);
    this.#windowWords = how.windowWords ?? WINDOW_WORDS;
    this.#kernels = trialKernels(this.history.memory);
    this.#path = new AccountPath(this.history.memory);
    this.#steps = new BitSteps(this.history.memory);
    this.#start = decimalToNumber(terms.cash, AMOUNT_DECIMALS);
  }

  /** Gives its memory back once it has nothing more to do. */
  release(): void {
    this.#evaluator.release();
  }

  /** Figures of each trial, in their order; null where only the event path can tell. */
  run(rules: readonly PlainRules[]): (TrialMetrics | null)[] {
    return this.#traded(rules).map((trial) => trial.finish() ? trialMetrics(trial, this.#start) : null);
  }

  /** Daily returns of each trial, all over the same days; null where only the event path can tell. */
  returns(rules: readonly PlainRules[]): (Float64Array | null)[] {
    return this.#traded(rules).map((trial) =>
      trial.finish() && trialMetrics(trial, this.#start) !== null ? trial.equity.dailyReturns.slice() : null
    );
  }

  #traded(rules: readonly PlainRules[]): (ColumnTrial | TrialKernel)[] {
    const { history: { candles: { length }, memory } } = this, words = wordsOf(length);
    const step = this.#windowWords, size = step + OVERLAP_WORDS;
    const nodes = signalNodes(rules), window = this.#evaluator.window(nodes, size);
    const there: TrialKernel[] = [], here: ColumnTrial[] = [];
    const { signals, steps } = this.#signals(rules, truthsOf(nodes, window.bits), size);
    const trials = rules.map((own, i) => {
      if (this.money === "unrounded" && this.#kernels !== null && TrialKernel.takes(this.terms, own)) {
        const trial = this.#kernelTrials[i] ??= new TrialKernel(this.history, this.terms, this.perBar, this.#kernels);
        trial.begin(signals[i]!, own);
        there.push(trial);
        return trial;
      }
      const trial = this.#trial(i);
      trial.begin(signals[i]!, this.#protection(own));
      here.push(trial);
      return trial;
    });
    const traded = there.length === 0 ? null : this.#window ??= new TradedWindow(this.history, size, this.#kernels!);
    const addresses = memory.bits(there.length);
    addresses.set(there.map(({ record }) => record.address));
    for (let first = 0; first < words; first += step) {
      const filled = Math.min(size, words - first);
      window.fill(first);
      steps.run(first, filled);
      for (const trial of here) trial.look(first);
      const end = Math.min((first + filled) * ROWS_PER_WORD, length);
      if (traded !== null) {
        traded.move(first * ROWS_PER_WORD, end);
        this.#kernels!.advance(addresses.byteOffset, there.length, first, end, traded.tableByte, traded.openByte);
      }
      for (const trial of here) trial.advance(end);
    }
    memory.freeBits(addresses);
    return trials;
  }

  /** Signals of trials in windows of so many words; they hold until the next call. */
  #signals(rules: readonly PlainRules[], truthOf: (node: Series) => Int32Array, words: number): WindowSignals {
    const { memory } = this.history;
    this.#bits.forEach((bits) => memory.freeBits(bits));
    this.#bits = [];
    const newBits = () => {
      const bits = memory.bits(words);
      this.#bits.push(bits);
      return bits;
    };
    this.#steps.release();
    const never = newBits().fill(0), steps = this.#steps = new BitSteps(memory);
    return { signals: rules.map((own) => trialSignals(own, truthOf, steps, newBits, never)), steps };
  }

  #trial(i: number): ColumnTrial {
    const { history, terms, money, perBar } = this, kernels = this.#kernels;
    return this.#trials[i] ??= new ColumnTrial(
      history,
      money === "exact" ? new ExactAccount(terms) : new UnroundedAccount(terms),
      this.#path,
      kernels === null ? new EquityRecord(history, perBar) : new EquityKernel(history, perBar, kernels),
    );
  }

  /** The trades of one trial, those that are still open last; null where only the event path can tell. */
  trades(rules: PlainRules): ColumnTrade[] | null {
    const nodes = signalNodes([rules]), truthOf = truthsOf(nodes, this.#evaluator.truths(nodes));
    const trades: ColumnTrade[] = [];
    const trial = this.#trial(0), { account } = trial;
    const observer: TradeObserver = {
      trade({ side, quantity, decidedRow, entryRow, exitRow, leftRow, kind }) {
        const [enter, exit] = side > 0 ? [rules.enter, rules.exit] : [rules.enterShort, rules.exitShort];
        trades.push({
          side: side > 0 ? "long" : "short",
          quantity: Math.abs(quantity),
          entryRow,
          exitRow,
          entryPrice: account.entryPrice,
          exitPrice: exitRow < 0 ? NaN : account.exitPrice,
          fees: account.tradeFees,
          pnl: exitRow < 0 ? NaN : account.tradeProfit,
          entryReason: firingReason(enter, truthOf, decidedRow)!,
          exitReason: kind !== "market" ? kind : leftRow < 0 ? "" : firingReason(exit, truthOf, leftRow) ?? "exit",
        });
      },
    };
    const { length } = this.history.candles, words = wordsOf(length), made = this.#signals([rules], truthOf, words);
    made.steps.run(0, words);
    trial.begin(made.signals[0]!, this.#protection(rules), observer);
    trial.advance(length);
    return trial.finish() ? trades : null;
  }

  #protection({ stop, target }: PlainRules): TrialProtection | null {
    if (stop === null && target === null) return null;
    const placed = (own: Protection | Series | null) => {
      if (!(own instanceof Series)) return () => own;
      return (row: number) => {
        const value = this.#evaluator.valueAt(own, row);
        return value > 0 ? distance(value) : undefined;
      };
    };
    return { stop: placed(stop), target: placed(target) };
  }
}

function signalNodes(rules: readonly PlainRules[]): Series[] {
  return [...new Set(rules.flatMap(signalSeries))];
}

function truthsOf(nodes: readonly Series[], bits: readonly Int32Array[]): (node: Series) => Int32Array {
  const byNode = new Map(nodes.map((node, i) => [node, bits[i]!]));
  return (node) => byNode.get(node)!;
}
