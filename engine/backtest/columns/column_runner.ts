import { Series, SweepEvaluator, wordsOf } from "../../series/mod.ts";
import { type BoundStrategy, distance, type Protection } from "../../strategies/mod.ts";
import { AMOUNT_DECIMALS, decimalToNumber } from "../../money/mod.ts";
import { AccountPath } from "./account_path.ts";
import { firingReason, signalSeries, trialSignals } from "./column_signals.ts";
import type { ColumnAccount, ColumnTerms } from "./column_terms.ts";
import { type TradeObserver, type TrialProtection, tradeColumns } from "./column_trial.ts";
import type { TrialCandles } from "./event_trial.ts";
import { ExactAccount } from "./exact_account.ts";
import { type ColumnHistory, columnHistory } from "./history.ts";
import type { PlainRules } from "./plain_rules.ts";
import { TradeTally } from "./trade_tally.ts";
import { TrialFigures, type TrialMetrics } from "./trial_metrics.ts";
import { UnroundedAccount } from "./unrounded_account.ts";

/** How money is kept: as on the event path, or in float64 without ticks, lots and digits of fees. */
export type ColumnMoney = "exact" | "unrounded";

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
  readonly #account: ColumnAccount;
  readonly #start: number;
  readonly #path = new AccountPath();
  readonly #tally = new TradeTally();
  readonly #figures: TrialFigures;

  constructor({ used, tradeFromMs }: TrialCandles, terms: ColumnTerms, money: ColumnMoney = "exact") {
    const [own] = used, others = new Map(used.map((columns) => [columns.instrument.symbol as string, columns]));
    this.history = columnHistory(own!, tradeFromMs);
    this.#evaluator = new SweepEvaluator(own!, others);
    this.#account = money === "exact" ? new ExactAccount(terms) : new UnroundedAccount(terms);
    this.#start = decimalToNumber(terms.cash, AMOUNT_DECIMALS);
    this.#figures = new TrialFigures(this.history);
  }

  /** Figures of each trial, in their order; null where only the event path can tell. */
  run(trials: readonly PlainRules[]): (TrialMetrics | null)[] {
    const truthOf = this.#truths(trials), words = wordsOf(this.history.candles.length);
    return trials.map((rules) => {
      const signals = trialSignals(rules, truthOf, words);
      const plain = tradeColumns(
        this.history,
        signals,
        this.#protection(rules),
        this.#account,
        this.#path,
        this.#tally,
      );
      return plain ? this.#figures.of(this.#path, this.#tally, this.#start) : null;
    });
  }

  /** The trades of one trial, those that are still open last; null where only the event path can tell. */
  trades(rules: PlainRules): ColumnTrade[] | null {
    const truthOf = this.#truths([rules]), trades: ColumnTrade[] = [], account = this.#account;
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
    const signals = trialSignals(rules, truthOf, wordsOf(this.history.candles.length));
    const protection = this.#protection(rules);
    return tradeColumns(this.history, signals, protection, account, this.#path, this.#tally, observer) ? trades : null;
  }

  #truths(trials: readonly PlainRules[]): (node: Series) => Uint32Array {
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
