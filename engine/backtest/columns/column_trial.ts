// One trial over columns: from signal to signal, never from candle to candle.
import { protectionPrice, type Protection } from "../../strategies/mod.ts";
import type { AccountPath } from "./account_path.ts";
import type { ColumnAccount, FillKind } from "./column_terms.ts";
import type { ColumnHistory } from "./history.ts";
import type { TradeTally } from "./trade_tally.ts";

/** In which rows a trial wants something, as bits. */
export interface TrialSignals {
  /** An entry, long or short; where both, none. */
  readonly wants: Uint32Array;
  readonly wantsLong: Uint32Array;
  readonly wantsShort: Uint32Array;
  readonly leavesLong: Uint32Array;
  readonly leavesShort: Uint32Array;
}

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
 * a candle touches both. What it leaves stands in the account, its path and the tally.
 *
 * @returns False where the account cannot go on exactly, and the event path has to run the trial.
 */
export function tradeColumns(
  history: ColumnHistory,
  signals: TrialSignals,
  protection: TrialProtection | null,
  account: ColumnAccount,
  path: AccountPath,
  tally: TradeTally,
  observer: TradeObserver | null = null,
): boolean {
  const { candles: { open, close, length }, firstRow } = history;
  const { wants, wantsLong, wantsShort, leavesLong, leavesShort } = signals;
  account.begin();
  path.clear();
  tally.clear();
  path.push(firstRow, account.cash, 0);
  let row = firstRow;
  while (!account.isBeyond) {
    const decided = next(wants, row, length);
    if (decided + 1 >= length) break;
    let side: 1 | -1 = isSet(wantsLong, decided) ? 1 : -1;
    let stop = protection === null ? null : protection.stop(decided);
    let target = protection === null ? null : protection.target(decided);
    if (stop === undefined || target === undefined || !account.request(side, close[decided]!, priceOf(stop, close[decided]!, -side as 1 | -1))) {
      row = decided + 1;
      continue;
    }
    row = decided + 1;
    // A position, and those that follow it without a pause.
    for (let entry = decided; account.enter(open[row]!);) {
      path.push(row, account.cash, account.quantity);
      const entryRow = row, held = account.quantity;
      const leaves = side > 0 ? leavesLong : leavesShort;
      const left = next(leaves, row, length);
      let exitRow = -1, kind: FillKind = "market";
      if (stop !== null || target !== null) {
        const hit = firstHit(history, account, side, stop, target, entryRow, Math.min(left + 1, length));
        if (account.isBeyond) return false;
        exitRow = hit.row;
        if (exitRow >= 0) {
          kind = hit.kind;
          account.exit(kind, hit.price, hit.taker);
        }
      }
      let turns = false;
      if (exitRow < 0) {
        if (left + 1 >= length) {
          observer?.trade({ side, quantity: held, decidedRow: entry, entryRow, exitRow: -1, leftRow: -1, kind });
          tally.stillOpen(account);
          return !account.isBeyond;
        }
        // What the venue would refuse to close stays open, without what protected it: not a plain case.
        if (!account.canClose(close[left]!)) return false;
        exitRow = left + 1;
        const other = side > 0 ? wantsShort : wantsLong;
        if (isSet(other, left)) {
          const nextStop = protection === null ? null : protection.stop(left);
          const nextTarget = protection === null ? null : protection.target(left);
          if (nextStop !== undefined && nextTarget !== undefined) {
            turns = account.request(-side as 1 | -1, close[left]!, priceOf(nextStop, close[left]!, side));
            stop = nextStop;
            target = nextTarget;
          }
        }
        account.exit("market", open[exitRow]!, true);
      }
      tally.closed(account, held);
      path.push(exitRow, account.cash, 0);
      const leftRow = kind === "market" ? left : -1;
      observer?.trade({ side, quantity: held, decidedRow: entry, entryRow, exitRow, leftRow, kind });
      row = exitRow;
      if (!turns || account.isBeyond) break;
      entry = left;
      side = -side as 1 | -1;
    }
  }
  return !account.isBeyond;
}

/** Where a protection lies from a price; NaN without one. */
function priceOf(protection: Protection | null, from: number, direction: 1 | -1): number {
  return protection === null ? NaN : protectionPrice(protection, from, direction);
}

const hit = { row: -1, kind: "stop" as FillKind, price: NaN, taker: true };

/** The first candle of `entryRow` … `end` (not included) that trades the stop or the target. The same object each time. */
function firstHit(
  { candles: { open }, high, low }: ColumnHistory,
  account: ColumnAccount,
  side: 1 | -1,
  stop: Protection | null,
  target: Protection | null,
  entryRow: number,
  end: number,
): typeof hit {
  const isLong = side > 0, { entryPrice } = account;
  hit.row = -1;
  let stopRow = end, stopPrice = NaN;
  if (stop !== null) {
    stopPrice = account.place("stop", protectionPrice(stop, entryPrice, -side as 1 | -1));
    stopRow = isLong ? low.firstBelow(stopPrice, true, entryRow, end) : high.firstAbove(stopPrice, true, entryRow, end);
  }
  let targetRow = end, targetPrice = NaN;
  if (target !== null) {
    targetPrice = account.place("target", protectionPrice(target, entryPrice, side));
    const until = Math.min(stopRow + 1, end);
    targetRow = isLong
      ? high.firstAbove(targetPrice, false, entryRow, until)
      : low.firstBelow(targetPrice, false, entryRow, until);
    if (targetRow === until) targetRow = end;
  }
  if (stopRow === end && targetRow === end) return hit;
  const row = Math.min(stopRow, targetRow), atOpen = open[row]!;
  const isBeyondTarget = isLong ? atOpen > targetPrice : atOpen < targetPrice;
  // At an open that lies beyond the target the stop has not been reached, save by what is placed on the wrong side of it.
  const isBeyondStop = isLong ? atOpen <= stopPrice : atOpen >= stopPrice;
  const stops = stopRow === row && (targetRow !== row || row === entryRow || isBeyondStop || !isBeyondTarget);
  hit.row = row;
  hit.kind = stops ? "stop" : "target";
  if (stops) {
    hit.price = isLong ? Math.min(atOpen, stopPrice) : Math.max(atOpen, stopPrice);
    hit.taker = true;
  } else {
    hit.price = isLong ? Math.max(atOpen, targetPrice) : Math.min(atOpen, targetPrice);
    // One that was at or beyond the market when it was sent takes liquidity, unless the market comes back to it.
    const wasBeyond = isLong ? targetPrice <= open[entryRow]! : targetPrice >= open[entryRow]!;
    hit.taker = row === entryRow && wasBeyond && hit.price !== targetPrice;
  }
  return hit;
}

function isSet(bits: Uint32Array, row: number): boolean {
  return (bits[row >>> 5]! >>> (row & 31) & 1) === 1;
}

/** The first set bit at or after a row; `end` where there is none. */
function next(bits: Uint32Array, from: number, end: number): number {
  if (from >= end) return end;
  let word = from >>> 5, left = bits[word]! & (-1 << (from & 31));
  while (left === 0) {
    if (++word >= bits.length) return end;
    left = bits[word]!;
  }
  return (word << 5) + 31 - Math.clz32(left & -left);
}
