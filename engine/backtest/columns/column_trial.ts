// One trial over columns: from signal to signal, never from candle to candle.
import { isSet, ROWS_PER_WORD } from "../../series/mod.ts";
import { type Protection, protectionPrice } from "../../strategies/mod.ts";
import type { AccountPath } from "./account_path.ts";
import type { TrialSignals } from "./column_signals.ts";
import type { ColumnAccount, FillKind } from "./column_terms.ts";
import type { EquityFollower } from "./equity_follower.ts";
import type { ColumnHistory } from "./history.ts";
import { TradeTally } from "./trade_tally.ts";

/** Stop and target of an entry that is decided in a row; undefined where one of them is not known there. */
export interface TrialProtection {
  stop(row: number): Protection | null | undefined;
  target(row: number): Protection | null | undefined;
}

/** Sees each trade when it is closed, or is still open at the end (then with no row of an exit). */
export interface TradeObserver {
  trade(trade: {
    readonly side: 1 | -1;
    readonly quantity: number;
    readonly decidedRow: number;
    readonly entryRow: number;
    readonly exitRow: number;
    /** Row in which the exit was decided; −1 for stop and target. */
    readonly leftRow: number;
    readonly kind: FillKind;
  }): void;
}

/**
 * Trades a trial's signals by the default fill rules: decided at a close, filled at the next open, stop before target where
 * a candle touches both. It goes on in steps of any number of rows, so that many trials can share what is in the cache.
 */
export class ColumnTrial {
  readonly tally = new TradeTally();
  #signals!: TrialSignals;
  #protection: TrialProtection | null = null;
  #observer: TradeObserver | null = null;
  /** The row of the first bit of the signals. */
  #base = 0;
  /** Next row to look at: for an entry when flat, for the end of a position else. */
  #row = 0;
  #decidedRow = 0;
  #entryRow = 0;
  /** 0 when flat. */
  #side: 1 | -1 | 0 = 0;
  #leaves!: Int32Array;
  #held = 0.5;
  #stop: Protection | null = null;
  #target: Protection | null = null;
  #stopPrice = 0.5;
  #targetPrice = 0.5;

  /** @param path To be shared by trials that take turns. */
  constructor(
    readonly history: ColumnHistory,
    readonly account: ColumnAccount,
    readonly path: AccountPath,
    readonly equity: EquityFollower,
  ) {}

  begin(signals: TrialSignals, protection: TrialProtection | null, observer: TradeObserver | null = null): void {
    this.account.begin();
    this.tally.clear();
    this.equity.begin(this.account.cash);
    this.#signals = signals;
    this.#protection = protection;
    this.#observer = observer;
    this.#row = this.history.firstRow;
    this.#side = this.#base = 0;
    this.#stop = this.#target = null;
  }

  /** The signals begin with this word of the rows from now on. */
  look(firstWord: number): void {
    this.#base = firstWord * ROWS_PER_WORD;
  }

  /** Does all that fills before a row. */
  advance(end: number): void {
    const { account } = this;
    while (!account.isBeyond) if (!(this.#side === 0 ? this.#seekEntry(end) : this.#seekExit(end))) break;
    this.equity.follow(this.path, end);
  }

  /**
   * After the last row.
   *
   * @returns False where the account could not go on exactly, and the event path has to run the trial.
   */
  finish(): boolean {
    const { account, equity, tally } = this;
    equity.finish();
    if (this.#side !== 0) {
      tally.stillOpen(account);
      this.#tell(-1, -1, "market");
    }
    return !account.isBeyond;
  }

  /** False when nothing more is entered before that row. */
  #seekEntry(end: number): boolean {
    const { wants, wantsLong } = this.#signals;
    const base = this.#base, decided = base + next(wants, this.#row - base, end - 1 - base);
    if (decided >= end - 1) {
      if (decided > this.#row) this.#row = decided;
      return false;
    }
    this.#row = decided + 1;
    const side = isSet(wantsLong, decided - base) ? 1 : -1;
    if (this.#asks(side, decided)) this.#enter(side, decided);
    return true;
  }

  /** True when an entry that is decided in a row passes all checks. */
  #asks(side: 1 | -1, row: number): boolean {
    const { account } = this, protection = this.#protection, mark = this.history.candles.close[row]!;
    if (protection === null) return account.request(side, mark, NaN);
    const stop = protection.stop(row), target = protection.target(row);
    // A protection that is not known yet must not turn into an unprotected entry.
    if (stop === undefined || target === undefined) return false;
    this.#stop = stop;
    this.#target = target;
    return account.request(side, mark, stop === null ? NaN : protectionPrice(stop, mark, -side as 1 | -1));
  }

  #enter(side: 1 | -1, decided: number): void {
    const { account } = this, row = decided + 1;
    if (!account.enter(this.history.candles.open[row]!)) return;
    this.path.push(row, account.cash, account.quantity);
    this.#side = side;
    this.#leaves = side > 0 ? this.#signals.leavesLong : this.#signals.leavesShort;
    this.#decidedRow = decided;
    this.#entryRow = this.#row = row;
    this.#held = account.quantity;
    const stop = this.#stop, target = this.#target, { entryPrice } = account;
    if (stop !== null) this.#stopPrice = account.place("stop", protectionPrice(stop, entryPrice, -side as 1 | -1));
    if (target !== null) this.#targetPrice = account.place("target", protectionPrice(target, entryPrice, side));
  }

  /** False when the position is still open at that row. */
  #seekExit(end: number): boolean {
    // A signal in the last row before the end fills beyond it; it protects no longer than that row.
    const base = this.#base, left = base + next(this.#leaves, this.#row - base, end - base);
    if ((this.#stop !== null || this.#target !== null) && this.#leavesByPrice(Math.min(left + 1, end))) return true;
    if (left >= end - 1) {
      this.#row = Math.min(left, end - 1);
      return false;
    }
    this.#leaveAt(left);
    return true;
  }

  #leaveAt(left: number): void {
    const { account } = this, { open, close } = this.history.candles, side = this.#side as 1 | -1;
    // What the venue would refuse to close stays open without what protected it: no plain case.
    if (!account.canClose(close[left]!)) return account.giveUp();
    const turns = isSet(side > 0 ? this.#signals.wantsShort : this.#signals.wantsLong, left - this.#base) &&
      this.#asks(-side as 1 | -1, left);
    account.exit("market", open[left + 1]!, true);
    this.#closed(left + 1, left, "market");
    if (turns) this.#enter(-side as 1 | -1, left);
  }

  #closed(row: number, leftRow: number, kind: FillKind): void {
    const { account } = this;
    this.tally.closed(account, this.#held);
    this.path.push(row, account.cash, 0);
    if (this.#observer !== null) this.#tell(row, leftRow, kind);
    this.#side = 0;
    this.#row = row;
  }

  #tell(exitRow: number, leftRow: number, kind: FillKind): void {
    this.#observer?.trade({
      side: this.#side as 1 | -1,
      quantity: this.#held,
      decidedRow: this.#decidedRow,
      entryRow: this.#entryRow,
      exitRow,
      leftRow,
      kind,
    });
  }

  /** Leaves in the first candle before `end` that trades the stop or the target; false where none does. */
  #leavesByPrice(end: number): boolean {
    const { account } = this, { candles: { open }, high, low } = this.history;
    const isLong = this.#side > 0, stopPrice = this.#stopPrice, targetPrice = this.#targetPrice, from = this.#row;
    const NONE = end;
    let stopRow = NONE, targetRow = NONE;
    if (this.#stop !== null) {
      stopRow = isLong ? low.firstBelow(stopPrice, true, from, end) : high.firstAbove(stopPrice, true, from, end);
    }
    if (this.#target !== null) {
      const until = Math.min(stopRow + 1, end);
      const found = isLong
        ? high.firstAbove(targetPrice, false, from, until)
        : low.firstBelow(targetPrice, false, from, until);
      if (found < until) targetRow = found;
    }
    const row = Math.min(stopRow, targetRow), entryRow = this.#entryRow;
    if (row === NONE) return false;
    const atOpen = open[row]!;
    // Of both the stop counts, save where the candle of another entry opens beyond the target.
    const opensBeyond = targetRow === row && row !== entryRow && (isLong ? atOpen > targetPrice : atOpen < targetPrice);
    const opensStopped = stopRow === row && (isLong ? atOpen <= stopPrice : atOpen >= stopPrice);
    if (stopRow === row && (targetRow !== row || opensStopped || !opensBeyond)) {
      account.exit("stop", isLong ? Math.min(atOpen, stopPrice) : Math.max(atOpen, stopPrice), true);
      this.#closed(row, -1, "stop");
      return true;
    }
    const price = isLong ? Math.max(atOpen, targetPrice) : Math.min(atOpen, targetPrice);
    // One that was at or beyond the market when it was sent takes liquidity, unless the market comes back to it.
    const wasBeyond = row === entryRow && (isLong ? targetPrice <= atOpen : targetPrice >= atOpen);
    account.exit("target", price, wasBeyond && price !== targetPrice);
    this.#closed(row, -1, "target");
    return true;
  }
}

/** The first set bit at or after a row; `end` where there is none before it. */
function next(bits: Int32Array, from: number, end: number): number {
  if (from >= end) return end;
  let word = from >>> 5, left = bits[word]! & (-1 << (from & 31));
  const last = (end - 1) >>> 5;
  while (left === 0) {
    if (++word > last) return end;
    left = bits[word]!;
  }
  const row = (word << 5) + 31 - Math.clz32(left & -left);
  return row < end ? row : end;
}
