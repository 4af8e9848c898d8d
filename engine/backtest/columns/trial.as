// AssemblyScript: a trial from signal to signal, its money in float64. Its plain twins are column_trial.ts and
// unrounded_account.ts, whose bits it gives; `deno task kernels` compiles it, and equity.as with it.
import { Blocks, cash, closeOf, Equity, firstBeyond, lookAt, pass, put, quantity, take } from "./equity";

export { findBlocks, findTable, follow } from "./equity";

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
  equity: Equity;
  high: Blocks;
  low: Blocks;
}

/** The trial at work. What is read at every trade stands in the variables below, as in equity.as. */
let trial: Trial = changetype<Trial>(0);
let minNotional: f64 = 0, leverage: f64 = 0, takerFraction: f64 = 0, slippageFraction: f64 = 0;
let size: f64 = 0, markFactor: f64 = 0, contractSize: f64 = 0;
let won: f64 = 0, lost: f64 = 0, fees: f64 = 0, traded: f64 = 0, entryPrice: f64 = 0, tradeFees: f64 = 0;
let trades: i32 = 0, wins: i32 = 0, at: i32 = 0, side: i32 = 0, usesMargin: i32 = 0, sizing: i32 = 0, isProtected: bool = false;
let wants: usize = 0, wantsLong: usize = 0, wantsShort: usize = 0, leavesLong: usize = 0, leavesShort: usize = 0, open: usize = 0;

/**
 * For so many trials, whose addresses stand one after the other: does all that fills before the row `end`. Their signals begin with
 * the word `first` of the rows. `table` and `opens` are where the account's table and the opens would begin.
 */
export function advance(trials: usize, count: i32, first: i32, end: i32, table: usize, opens: usize): void {
  open = opens;
  for (let i = 0; i < count; i++) {
    takeTrial(load<Trial>(trials + ((<usize>i) << 2)), (<usize>first) << 2);
    lookAt(table);
    while (side == 0 ? seekEntry(end) : seekExit(end)) {}
    pass(end);
    putTrial();
  }
}

function takeTrial(own: Trial, bytes: usize): void {
  trial = own;
  take(own.equity);
  minNotional = own.minNotional;
  leverage = own.leverage;
  takerFraction = own.takerFraction;
  slippageFraction = own.slippageFraction;
  size = own.size;
  markFactor = 1 + own.reserveFraction;
  contractSize = own.contractSize;
  won = own.won;
  lost = own.lost;
  fees = own.fees;
  traded = own.traded;
  entryPrice = own.entryPrice;
  tradeFees = own.tradeFees;
  trades = own.trades;
  wins = own.wins;
  at = own.row;
  side = own.side;
  usesMargin = own.usesMargin;
  sizing = own.sizing;
  isProtected = (own.stopKind | own.targetKind) != NONE;
  wants = own.wants - bytes;
  wantsLong = own.wantsLong - bytes;
  wantsShort = own.wantsShort - bytes;
  leavesLong = own.leavesLong - bytes;
  leavesShort = own.leavesShort - bytes;
}

function putTrial(): void {
  const own = trial;
  put();
  own.won = won;
  own.lost = lost;
  own.fees = fees;
  own.traded = traded;
  own.entryPrice = entryPrice;
  own.tradeFees = tradeFees;
  own.trades = trades;
  own.wins = wins;
  own.row = at;
  own.side = side;
}

/** False when nothing more is entered before that row. */
function seekEntry(end: i32): bool {
  const decided = next(wants, at, end - 1);
  if (decided >= end - 1) {
    if (decided > at) at = decided;
    return false;
  }
  at = decided + 1;
  const way = isSet(wantsLong, decided) ? 1 : -1, wanted = asked(way, decided);
  if (wanted > 0) enter(way, wanted, decided + 1);
  return true;
}

/** How much an entry that is decided in a row wants; 0 where it does not pass all checks. */
// @ts-ignore: decorator
@inline
function asked(way: i32, row: i32): f64 {
  if (way < 0 && !usesMargin) return 0;
  const mark = closeOf(row);
  const wanted = sizing == OF_EQUITY
    ? (cash + quantity * mark) * size / (mark * markFactor * contractSize)
    : sizing == OF_QUOTE
    ? size / (mark * contractSize)
    : size;
  return wanted > 0 && wanted < Infinity && !(wanted * mark < minNotional) ? wanted : 0;
}

function enter(way: i32, wanted: f64, row: i32): void {
  const direction = <f64>way, taker = takerFraction;
  const price = load<f64>(open + ((<usize>row) << 3)) * (1 + direction * slippageFraction);
  const spendable = usesMargin ? max(0, cash) * leverage : cash;
  const units = min(wanted, spendable / (price * (1 + taker)));
  if (!(units > 0)) return;
  pass(row);
  const fee = units * price * taker;
  cash -= direction * units * price + fee;
  quantity = direction * units;
  entryPrice = price;
  tradeFees = fee;
  side = way;
  at = row;
  if (isProtected) protect(price, direction);
}

function protect(price: f64, direction: f64): void {
  const own = trial;
  own.entryRow = at;
  own.stopPrice = placed(own.stopKind, own.stop, price, -direction);
  own.targetPrice = placed(own.targetKind, own.target, price, direction);
}

/** No price is at or beyond that of a protection that is not there. */
function placed(kind: i32, value: f64, from: f64, direction: f64): f64 {
  return kind == NONE ? NaN : kind == FRACTION ? from * (1 + direction * value) : kind == DISTANCE ? from + direction * value : value;
}

/** False when the position is still open at that row. */
function seekExit(end: i32): bool {
  // A signal in the last row before the end fills beyond it; it protects no longer than that row.
  const held = side, left = next(held > 0 ? leavesLong : leavesShort, at, end);
  if (isProtected && leavesByPrice(min(left + 1, end))) return true;
  if (left >= end - 1) {
    at = min(left, end - 1);
    return false;
  }
  const raw = load<f64>(open + ((<usize>left) << 3), 8);
  const wanted = isSet(held > 0 ? wantsShort : wantsLong, left) ? asked(-held, left) : 0;
  exit(left + 1, raw, true);
  if (wanted > 0) enter(-held, wanted, left + 1);
  return true;
}

/** Closes the position at a price before slippage. */
function exit(row: i32, raw: f64, taker: bool): void {
  const held = quantity;
  pass(row);
  const price = taker ? raw * (1 - <f64>side * slippageFraction) : raw;
  const fee = abs(held * price) * (taker ? takerFraction : trial.makerFraction);
  cash += held * price - fee;
  quantity = 0;
  const costs = tradeFees + fee, profit = held * (price - entryPrice) - costs;
  trades++;
  if (profit > 0) {
    wins++;
    won += profit;
  } else if (profit < 0) lost += profit;
  fees += costs;
  traded += abs(held) * (entryPrice + price);
  side = 0;
  at = row;
}

/** Leaves in the first candle before `end` that trades the stop or the target; false where none does. */
function leavesByPrice(end: i32): bool {
  const own = trial, isLong = side > 0, stopPrice = own.stopPrice, targetPrice = own.targetPrice;
  const row = isLong
    ? firstBeyond(own.low, own.high, stopPrice, targetPrice, true, at, end)
    : firstBeyond(own.low, own.high, targetPrice, stopPrice, false, at, end);
  if (row == end) return false;
  const byte = (<usize>row) << 3, low = load<f64>(own.low.values + byte), high = load<f64>(own.high.values + byte);
  const stops = isLong ? low <= stopPrice : high >= stopPrice, targets = isLong ? high > targetPrice : low < targetPrice;
  const entryRow = own.entryRow, atOpen = load<f64>(open + byte);
  // Of both the stop counts, save where the candle of another entry opens beyond the target.
  const opensBeyond = targets && row != entryRow && (isLong ? atOpen > targetPrice : atOpen < targetPrice);
  const opensStopped = stops && (isLong ? atOpen <= stopPrice : atOpen >= stopPrice);
  if (stops && (!targets || opensStopped || !opensBeyond)) {
    exit(row, isLong ? min(atOpen, stopPrice) : max(atOpen, stopPrice), true);
    return true;
  }
  const price = isLong ? max(atOpen, targetPrice) : min(atOpen, targetPrice);
  // One that was at or beyond the market when it was sent takes liquidity, unless the market comes back to it.
  const wasBeyond = row == entryRow && (isLong ? targetPrice <= atOpen : targetPrice >= atOpen);
  exit(row, price, wasBeyond && price != targetPrice);
  return true;
}

// @ts-ignore: decorator
@inline
function isSet(bits: usize, row: i32): bool {
  return (load<u32>(bits + ((<usize>row >>> 5) << 2)) >>> (row & 31) & 1) == 1;
}

/** The first set bit at or after a row; `end` where there is none before it. Up to a word before and after the bits is read. */
// @ts-ignore: decorator
@inline
function next(bits: usize, from: i32, end: i32): i32 {
  if (from >= end) return end;
  let pair = from >>> 6, at = bits + ((<usize>pair) << 3);
  const last = (end - 1) >>> 6;
  let left = load<u64>(at) & (<u64>-1 << (from & 63));
  // Most are found in these two: to choose between them without a branch is faster than to guess.
  if (pair < last) {
    const second = load<u64>(at, 8), isFirst = left != 0;
    left = select<u64>(left, second, isFirst);
    pair = select<i32>(pair, pair + 1, isFirst);
    at = select<usize>(at, at + 8, isFirst);
  }
  while (left == 0) {
    if (++pair > last) return end;
    left = load<u64>(at += 8);
  }
  return min((pair << 6) + <i32>ctz(left), end);
}
