import { Series, SweepEvaluator } from "../../series/mod.ts";
import { distance, type Protection } from "../../strategies/mod.ts";
import { AMOUNT_DECIMALS, decimalToNumber } from "../../money/mod.ts";
import { AccountPath } from "./account_path.ts";
import { firingReason, signalSeries, trialSignals } from "./column_signals.ts";
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
import { UnroundedAccount } from "./unrounded_account.ts";

/** Rows that all trials pass before the next ones: their candles stay in the cache. */
const BLOCK_ROWS = 2048;

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
  /** Trials at work together, made once. */
  readonly #trials: ColumnTrial[] = [];
  readonly #kernelTrials: TrialKernel[] = [];
  readonly #path: AccountPath;
  readonly #never: Int32Array;
  /** Bits of the signals of the last call, which the next one may have. */
  #signals: Int32Array[] = [];

  /**
   * @param perBar True where {@linkcode TrialMetrics.barSharpe} is wanted.
   * @param plain True: without WebAssembly.
   */
  constructor(
    { used, tradeFromMs }: TrialCandles,
    readonly terms: ColumnTerms,
    readonly money: ColumnMoney = "exact",
    readonly perBar = false,
    plain = false,
  ) {
    const [own] = used, others = new Map(used.map((columns) => [columns.instrument.symbol as string, columns]));
    this.#evaluator = new SweepEvaluator(own!, others, { plain });
    this.history = new ColumnHistory(own!, tradeFromMs, this.#evaluator);
    this.#kernels = trialKernels(this.history.memory);
    this.#path = new AccountPath(this.history.memory);
    this.#never = this.history.memory.bits().fill(0);
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
    const { length } = this.history.candles, truthOf = this.#truths(rules);
    const there: TrialKernel[] = [], here: ColumnTrial[] = [];
    const trials = rules.map((own, i) => {
      const signals = trialSignals(own, truthOf, () => this.#newBits(), this.#never);
      if (this.money === "unrounded" && this.#kernels !== null && TrialKernel.takes(this.terms, own)) {
        const trial = this.#kernelTrials[i] ??= new TrialKernel(this.history, this.terms, this.perBar, this.#kernels);
        trial.begin(signals, own);
        there.push(trial);
        return trial;
      }
      const trial = this.#trial(i);
      trial.begin(signals, this.#protection(own));
      here.push(trial);
      return trial;
    });
    const addresses = this.history.memory.integers(there.length);
    addresses.set(there.map(({ record }) => record.address));
    for (let end = BLOCK_ROWS; end - BLOCK_ROWS < length; end += BLOCK_ROWS) {
      const to = Math.min(end, length);
      this.#kernels?.advance(addresses.byteOffset, there.length, to);
      for (const trial of here) trial.advance(to);
    }
    return trials;
  }

  #newBits(): Int32Array {
    const bits = this.history.memory.bits();
    this.#signals.push(bits);
    return bits;
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
    const truthOf = this.#truths([rules]), trades: ColumnTrade[] = [];
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
    const { length } = this.history.candles;
    const signals = trialSignals(rules, truthOf, () => this.#newBits(), this.#never);
    trial.begin(signals, this.#protection(rules), observer);
    trial.advance(length);
    return trial.finish() ? trades : null;
  }

  #truths(trials: readonly PlainRules[]): (node: Series) => Int32Array {
    this.#signals.forEach((bits) => this.history.memory.freeBits(bits));
    this.#signals = [];
    const nodes = [...new Set(trials.flatMap(signalSeries))];
    const bits = this.#evaluator.truths(nodes), byNode = new Map(nodes.map((node, i) => [node, bits[i]!]));
    return (node) => byNode.get(node)!;
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
