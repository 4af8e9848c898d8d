// AssemblyScript: a trial from signal to signal, its money in float64. Its plain twins are column_trial.ts and
// unrounded_account.ts, whose bits it gives; `deno task kernels` compiles it, and equity.as with it.
import { Blocks, Equity, firstAbove, firstBelow, pass } from "./equity";

export { findBlocks, follow } from "./equity";

/** How an entry is sized, and where a stop or a target stands: trial_kernel.ts. */
const OF_EQUITY: i32 = 0, OF_QUOTE: i32 = 1;
const NONE: i32 = 0, FRACTION: i32 = 1, DISTANCE: i32 = 2;

/** Fields in the order of trial_kernel.ts. */
@unmanaged
class Trial {
  // What it is to do.
  minNotional: f64;
  leverage: f64;
  makerFraction: f64;
  takerFraction: f64;
  slippageFraction: f64;
  reserveFraction: f64;
  contractSize: f64;
  size: f64;
  stop: f64;
  target: f64;
  // What has come of it.
  won: f64;
  lost: f64;
  fees: f64;
  traded: f64;
  entryPrice: f64;
  tradeFees: f64;
  stopPrice: f64;
  targetPrice: f64;
  wanted: f64;
  trades: i32;
  wins: i32;
  row: i32;
  entryRow: i32;
  side: i32;
  usesMargin: i32;
  sizing: i32;
  stopKind: i32;
  targetKind: i32;
  wants: usize;
  wantsLong: usize;
  wantsShort: usize;
  leavesLong: usize;
  leavesShort: usize;
  open: usize;
  equity: Equity;
  high: Blocks;
  low: Blocks;
}

/** For so many trials, whose addresses stand one after the other: does all that fills before a row. */
export function advance(trials: usize, count: i32, end: i32): void {
  for (let i = 0; i < count; i++) {
    const own = load<Trial>(trials + ((<usize>i) << 2));
    while (own.side == 0 ? seekEntry(own, end) : seekExit(own, end)) {}
    pass(own.equity, end);
  }
}

/** False when nothing more is entered before that row. */
function seekEntry(own: Trial, end: i32): bool {
  const decided = next(own.wants, own.row, end - 1);
  if (decided >= end - 1) {
    if (decided > own.row) own.row = decided;
    return false;
  }
  own.row = decided + 1;
  const side = isSet(own.wantsLong, decided) ? 1 : -1;
  if (asks(own, side, decided)) enter(own, side, decided + 1);
  return true;
}

/** True when an entry that is decided in a row passes all checks. */
function asks(own: Trial, side: i32, row: i32): bool {
  if (side < 0 && !own.usesMargin) return false;
  const equity = own.equity, mark = load<f64>(equity.close.values + ((<usize>row) << 3));
  const wanted = own.sizing == OF_EQUITY
    ? (equity.cash + equity.quantity * mark) * own.size / (mark * (1 + own.reserveFraction) * own.contractSize)
    : own.sizing == OF_QUOTE
    ? own.size / (mark * own.contractSize)
    : own.size;
  own.wanted = wanted;
  return wanted > 0 && wanted < Infinity && !(wanted * mark < own.minNotional);
}

function enter(own: Trial, side: i32, row: i32): void {
  const equity = own.equity, direction = <f64>side, taker = own.takerFraction;
  const price = load<f64>(own.open + ((<usize>row) << 3)) * (1 + direction * own.slippageFraction);
  const spendable = own.usesMargin ? max(0, equity.cash) * own.leverage : equity.cash;
  const size = min(own.wanted, spendable / (price * (1 + taker)));
  if (!(size > 0)) return;
  pass(equity, row);
  const fee = size * price * taker;
  equity.cash -= direction * size * price + fee;
  equity.quantity = direction * size;
  own.entryPrice = price;
  own.tradeFees = fee;
  own.side = side;
  own.entryRow = own.row = row;
  if (own.stopKind != NONE) own.stopPrice = placed(own.stopKind, own.stop, price, -direction);
  if (own.targetKind != NONE) own.targetPrice = placed(own.targetKind, own.target, price, direction);
}

function placed(kind: i32, value: f64, from: f64, direction: f64): f64 {
  return kind == FRACTION ? from * (1 + direction * value) : kind == DISTANCE ? from + direction * value : value;
}

/** False when the position is still open at that row. */
function seekExit(own: Trial, end: i32): bool {
  // A signal in the last row before the end fills beyond it; it protects no longer than that row.
  const left = next(own.side > 0 ? own.leavesLong : own.leavesShort, own.row, end);
  if ((own.stopKind | own.targetKind) != NONE && leavesByPrice(own, min(left + 1, end))) return true;
  if (left >= end - 1) {
    own.row = min(left, end - 1);
    return false;
  }
  const side = own.side, open = load<f64>(own.open + ((<usize>left) << 3), 8);
  const turns = isSet(side > 0 ? own.wantsShort : own.wantsLong, left) && asks(own, -side, left);
  exit(own, left + 1, open, true);
  if (turns) enter(own, -side, left + 1);
  return true;
}

/** Closes the position at a price before slippage. */
function exit(own: Trial, row: i32, raw: f64, taker: bool): void {
  const equity = own.equity, quantity = equity.quantity;
  pass(equity, row);
  const price = taker ? raw * (1 - <f64>own.side * own.slippageFraction) : raw;
  const fee = abs(quantity * price) * (taker ? own.takerFraction : own.makerFraction);
  equity.cash += quantity * price - fee;
  equity.quantity = 0;
  const fees = own.tradeFees + fee, profit = quantity * (price - own.entryPrice) - fees;
  own.trades++;
  if (profit > 0) {
    own.wins++;
    own.won += profit;
  } else if (profit < 0) own.lost += profit;
  own.fees += fees;
  own.traded += abs(quantity) * (own.entryPrice + price);
  own.side = 0;
  own.row = row;
}

/** Leaves in the first candle before `end` that trades the stop or the target; false where none does. */
function leavesByPrice(own: Trial, end: i32): bool {
  const isLong = own.side > 0, stopPrice = own.stopPrice, targetPrice = own.targetPrice, from = own.row;
  let stopRow = end, targetRow = end;
  if (own.stopKind != NONE) {
    stopRow = isLong ? firstBelow(own.low, stopPrice, true, from, end) : firstAbove(own.high, stopPrice, true, from, end);
  }
  if (own.targetKind != NONE) {
    const until = min(stopRow + 1, end);
    const found = isLong
      ? firstAbove(own.high, targetPrice, false, from, until)
      : firstBelow(own.low, targetPrice, false, from, until);
    if (found < until) targetRow = found;
  }
  const row = min(stopRow, targetRow), entryRow = own.entryRow;
  if (row == end) return false;
  const atOpen = load<f64>(own.open + ((<usize>row) << 3));
  // Of both the stop counts, save where the candle of another entry opens beyond the target.
  const opensBeyond = targetRow == row && row != entryRow && (isLong ? atOpen > targetPrice : atOpen < targetPrice);
  const opensStopped = stopRow == row && (isLong ? atOpen <= stopPrice : atOpen >= stopPrice);
  if (stopRow == row && (targetRow != row || opensStopped || !opensBeyond)) {
    exit(own, row, isLong ? min(atOpen, stopPrice) : max(atOpen, stopPrice), true);
    return true;
  }
  const price = isLong ? max(atOpen, targetPrice) : min(atOpen, targetPrice);
  // One that was at or beyond the market when it was sent takes liquidity, unless the market comes back to it.
  const wasBeyond = row == entryRow && (isLong ? targetPrice <= atOpen : targetPrice >= atOpen);
  exit(own, row, price, wasBeyond && price != targetPrice);
  return true;
}

function isSet(bits: usize, row: i32): bool {
  return (load<u32>(bits + ((<usize>row >>> 5) << 2)) >>> (row & 31) & 1) == 1;
}

/** The first set bit at or after a row; `end` where there is none before it. */
function next(bits: usize, from: i32, end: i32): i32 {
  if (from >= end) return end;
  let word = from >>> 5, left = load<i32>(bits + ((<usize>word) << 2)) & (-1 << (from & 31));
  const last = (end - 1) >>> 5;
  while (left == 0) {
    if (++word > last) return end;
    left = load<i32>(bits + ((<usize>word) << 2));
  }
  const row = (word << 5) + ctz(left);
  return row < end ? row : end;
}
