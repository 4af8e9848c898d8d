// AssemblyScript: what the equity of a trial did. Its plain twin is equity_record.ts, whose bits it gives, operation by
// operation; `deno task kernels` compiles it. It allocates nothing: all of it lies where its caller put it.

/** More than the last places of a few operations, as a share of what went into them. */
const ROUNDING: f64 = 1e-14;
/** Cash beside a position that changes its returns by less than figures may differ. */
const NEARLY_NOTHING: f64 = 1e-12;
const DAY_MS: f64 = 86_400_000;
/** A row beyond all others. */
const NEVER: i32 = 1 << 30;

/** A column, and its extremes by blocks of 16 and of 256 rows: block_extremes.ts. */
@unmanaged
export class Blocks {
  values: usize;
  fineLeast: usize;
  fineMost: usize;
  coarseLeast: usize;
  coarseMost: usize;
}

/** Fields in the order of equity_kernel.ts. */
@unmanaged
export class Equity {
  maxDrawdownFraction: f64;
  longestUnderwaterDays: f64;
  leastEquity: f64;
  sum: f64;
  barReturns: f64;
  barSquares: f64;
  cash: f64;
  quantity: f64;
  before: f64;
  dayEquity: f64;
  peak: f64;
  peakMs: f64;
  floor: f64;
  reference: f64;
  startMs: f64;
  firstMs: f64;
  stepMs: f64;
  heldRows: i32;
  row: i32;
  day: i32;
  days: i32;
  isBelow: i32;
  perBar: i32;
  firstRow: i32;
  table: usize;
  closeTimeMs: usize;
  dayRows: usize;
  dailyReturns: usize;
  close: Blocks;
}

/** The record at work. What is read at every change stands in the variables below: each look into memory is checked, one at them is not. */
let record: Equity = changetype<Equity>(0);
let maxDrawdownFraction: f64 = 0, leastEquity: f64 = 0, sum: f64 = 0, barReturns: f64 = 0, barSquares: f64 = 0;
let before: f64 = 0, peak: f64 = 0, floor: f64 = 0, reference: f64 = 0;
let heldRows: i32 = 0, at: i32 = 0, dayRow: i32 = 0, isBelow: i32 = 0, perBar: i32 = 0, closes: usize = 0;
let table: usize = 0;
export let cash: f64 = 0, quantity: f64 = 0;

/** Takes a record to work on; `put` gives it back. */
export function take(own: Equity): void {
  record = own;
  maxDrawdownFraction = own.maxDrawdownFraction;
  leastEquity = own.leastEquity;
  sum = own.sum;
  barReturns = own.barReturns;
  barSquares = own.barSquares;
  cash = own.cash;
  quantity = own.quantity;
  before = own.before;
  peak = own.peak;
  floor = own.floor;
  reference = own.reference;
  heldRows = own.heldRows;
  at = own.row;
  isBelow = own.isBelow;
  perBar = own.perBar;
  table = own.table;
  closes = own.close.values;
  dayRow = dayRowOf(own, own.day);
}

/** Has another table, which shows the rows to come. */
export function lookAt(rows: usize): void {
  table = rows;
}

export function put(): void {
  const own = record;
  own.maxDrawdownFraction = maxDrawdownFraction;
  own.leastEquity = leastEquity;
  own.sum = sum;
  own.barReturns = barReturns;
  own.barSquares = barSquares;
  own.cash = cash;
  own.quantity = quantity;
  own.before = before;
  own.peak = peak;
  own.floor = floor;
  own.heldRows = heldRows;
  own.row = at;
  own.isBelow = isBelow;
}

/** Follows so many changes, each a row with the cash and the quantity from its close on, and then up to a row. */
export function follow(own: Equity, rows: usize, cashes: usize, quantities: usize, changes: i32, end: i32): void {
  take(own);
  for (let i = 0; i < changes; i++) {
    pass(load<i32>(rows + ((<usize>i) << 2)));
    cash = load<f64>(cashes + ((<usize>i) << 3));
    quantity = load<f64>(quantities + ((<usize>i) << 3));
  }
  pass(end);
  put();
}

/** Where the table has what is known up to a row and with it; so far before it stands the row before. */
const TABLE_BYTES: usize = 32;

// @ts-ignore: decorator
@inline
function placeOf(row: i32): usize {
  return table + ((<usize>(row + 1)) << 5);
}

// @ts-ignore: decorator
@inline
export function closeOf(row: i32): f64 {
  return load<f64>(placeOf(row));
}

/** Goes on to a row (not included) without a change. */
export function pass(to: i32): void {
  const row = at;
  if (to <= row) return;
  const own = cash, held = quantity, rows = <f64>(to - row);
  if (held == 0) {
    if (perBar) {
      const first = own / before - 1;
      barReturns += first;
      barSquares += first * first;
      before = own;
    }
    sum += own * rows;
    if (!isBelow || !(own < peak) || own < floor) flat(row, own);
  } else {
    const from = placeOf(row), last = placeOf(to - 1);
    if (perBar) {
      const first = (own + held * load<f64>(from)) / before - 1, after = own + held * load<f64>(last);
      before = after;
      // Of a position without cash beside it the returns are the market's own.
      if (abs(own) <= NEARLY_NOTHING * abs(after)) {
        barReturns = barReturns + first + (load<f64>(last, 16) - load<f64>(from, 16));
        barSquares = barSquares + first * first + (load<f64>(last, 24) - load<f64>(from, 24));
      } else {
        barReturns += first;
        barSquares += first * first;
        changes(from, last, own, held);
      }
    }
    sum += (own + held * reference) * rows + held * (load<f64>(last, 8) - load<f64>(from - TABLE_BYTES, 8));
    heldRows += to - row;
    findExtremes(closes + ((<usize>row) << 3), to - row);
    const low = own + held * (held > 0 ? least : most), high = own + held * (held > 0 ? most : least);
    if (!(isBelow && high < peak && low >= floor)) holding(row, to, low, high);
  }
  at = to;
  if (dayRow < to) passDays(row, to);
}

/** Adds the returns from close to close of a position with cash beside it. */
function changes(from: usize, last: usize, own: f64, held: f64): void {
  let equity = own + held * load<f64>(from), returns = barReturns, squares = barSquares;
  while (from < last) {
    from += TABLE_BYTES;
    const after = own + held * load<f64>(from), change = after / equity - 1;
    returns += change;
    squares += change * change;
    equity = after;
  }
  barReturns = returns;
  barSquares = squares;
}

// @ts-ignore: decorator
@inline
function dayRowOf(own: Equity, day: i32): i32 {
  return day < own.days ? load<i32>(own.dayRows + ((<usize>day) << 2)) : NEVER;
}

function passDays(row: i32, to: i32): void {
  const own = record, held = quantity;
  let day = own.day, next = dayRow;
  while (next < to) {
    // A day without a close returns nothing.
    const equity = next < row ? own.dayEquity : held == 0 ? cash : cash + held * closeOf(next);
    store<f64>(own.dailyReturns + ((<usize>day) << 3), equity / own.dayEquity - 1);
    own.dayEquity = equity;
    next = dayRowOf(own, ++day);
  }
  own.day = day;
  dayRow = next;
}

function flat(from: i32, equity: f64): void {
  if (equity < leastEquity) leastEquity = equity;
  if (equity < peak) return sink(from, equity);
  if (isBelow) recovered(timeOf(from));
  rise(equity);
}

function holding(from: i32, to: i32, low: f64, high: f64): void {
  if (low < leastEquity) leastEquity = low;
  if (high < peak) {
    // The first row decides when it went below.
    if (!isBelow) sink(from, low);
    else deepen(low);
  } else rowByRow(from, to);
}

function rowByRow(from: i32, to: i32): void {
  const own = cash, held = quantity;
  for (let row = from; row < to;) {
    const equity = own + held * closeOf(row);
    if (equity < peak) sink(row, equity);
    else {
      if (isBelow) recovered(timeOf(row));
      rise(equity);
    }
    row++;
    if (!isBelow || row >= to) continue;
    // Below the peak the rows are left out that do not come back to it, with a margin for what rounding may hide.
    const price = (peak - own) / held, blocks = record.close;
    const margin = ROUNDING * (abs(price) + (peak + abs(own)) / abs(held));
    const found = held > 0 ? firstAbove(blocks, price - margin, true, row, to) : firstBelow(blocks, price + margin, true, row, to);
    if (found > row) {
      findExtremes(closes + ((<usize>row) << 3), found - row);
      deepen(own + held * (held > 0 ? least : most));
    }
    row = found;
  }
}

function timeOf(row: i32): f64 {
  const step = record.stepMs;
  return step > 0 ? record.firstMs + <f64>row * step : load<f64>(record.closeTimeMs + ((<usize>row) << 3));
}

function rise(equity: f64): void {
  isBelow = 0;
  peak = equity;
  floor = equity * (1 + maxDrawdownFraction) * (1 + ROUNDING);
}

function sink(row: i32, equity: f64): void {
  if (!isBelow) {
    isBelow = 1;
    record.peakMs = row == record.firstRow ? record.startMs : timeOf(row - 1);
  }
  deepen(equity);
}

function deepen(equity: f64): void {
  const drawdown = equity / peak - 1;
  if (!(drawdown < maxDrawdownFraction)) return;
  maxDrawdownFraction = drawdown;
  floor = equity * (1 + ROUNDING);
}

function recovered(timeMs: f64): void {
  const days = (timeMs - record.peakMs) / DAY_MS;
  if (days > record.longestUnderwaterDays) record.longestUnderwaterDays = days;
}

/** The first row of `from` … `to` (not included) at or below a price, or only below it; `to` where there is none. */
export function firstBelow(own: Blocks, price: f64, orAt: bool, from: i32, to: i32): i32 {
  for (let row = from; row < to;) {
    if ((row & 255) == 0 && isAbove(load<f64>(own.coarseLeast + ((<usize>row >>> 8) << 3)), price, orAt)) {
      row += 256;
      continue;
    }
    // A block that begins before `from` may hold less than its rows from there on, never more.
    const next = (row | 15) + 1;
    if (!isAbove(load<f64>(own.fineLeast + ((<usize>row >>> 4) << 3)), price, orAt)) {
      for (const end = min(next, to); row < end; row++) {
        const value = load<f64>(own.values + ((<usize>row) << 3));
        if (value < price || orAt && value == price) return row;
      }
    }
    row = next;
  }
  return to;
}

/** The first row at or above a price, or only above it. */
export function firstAbove(own: Blocks, price: f64, orAt: bool, from: i32, to: i32): i32 {
  for (let row = from; row < to;) {
    if ((row & 255) == 0 && isAbove(price, load<f64>(own.coarseMost + ((<usize>row >>> 8) << 3)), orAt)) {
      row += 256;
      continue;
    }
    const next = (row | 15) + 1;
    if (!isAbove(price, load<f64>(own.fineMost + ((<usize>row >>> 4) << 3)), orAt)) {
      for (const end = min(next, to); row < end; row++) {
        const value = load<f64>(own.values + ((<usize>row) << 3));
        if (value > price || orAt && value == price) return row;
      }
    }
    row = next;
  }
  return to;
}

/**
 * The first row whose value in one column is at or below a price, or whose value in another is above another price; with `orAt` only
 * below the one, or at or above the other. `to` where there is none before it. Up to three blocks beyond are read.
 */
// @ts-ignore: decorator
@inline
export function firstBeyond(lows: Blocks, highs: Blocks, under: f64, over: f64, orUnder: bool, from: i32, to: i32): i32 {
  const fineLeast = lows.fineLeast, fineMost = highs.fineMost, last = (to - 1) >>> 4;
  const unders = f64x2.splat(under), overs = f64x2.splat(over);
  for (let block = from >>> 4; block <= last;) {
    const byte = (<usize>block) << 3;
    if ((block & 15) == 0) {
      const coarse = byte >>> 4;
      if (!isBeyond(load<f64>(lows.coarseLeast + coarse), load<f64>(highs.coarseMost + coarse), under, over, orUnder)) {
        block += 16;
        continue;
      }
    }
    const least0 = v128.load(fineLeast + byte), least1 = v128.load(fineLeast + byte, 16);
    const most0 = v128.load(fineMost + byte), most1 = v128.load(fineMost + byte, 16);
    const beyond = orUnder
      ? v128.or(v128.or(f64x2.le(least0, unders), f64x2.le(least1, unders)), v128.or(f64x2.gt(most0, overs), f64x2.gt(most1, overs)))
      : v128.or(v128.or(f64x2.lt(least0, unders), f64x2.lt(least1, unders)), v128.or(f64x2.ge(most0, overs), f64x2.ge(most1, overs)));
    const following = (block | 3) + 1;
    if (v128.any_true(beyond)) {
      const row = firstRowBeyond(lows.values, highs.values, under, over, orUnder, max(from, block << 4), min(to, following << 4));
      if (row >= 0) return row;
    }
    block = following;
  }
  return to;
}

function firstRowBeyond(lows: usize, highs: usize, under: f64, over: f64, orUnder: bool, from: i32, to: i32): i32 {
  for (let row = from; row < to; row++) {
    const byte = (<usize>row) << 3;
    if (isBeyond(load<f64>(lows + byte), load<f64>(highs + byte), under, over, orUnder)) return row;
  }
  return -1;
}

// @ts-ignore: decorator
@inline
function isBeyond(low: f64, high: f64, under: f64, over: f64, orUnder: bool): bool {
  return orUnder ? low <= under || high > over : low < under || high >= over;
}

/** True where a least value is beyond a price that counts when it is reached, or only when it is passed. */
// @ts-ignore: decorator
@inline
function isAbove(value: f64, price: f64, orAt: bool): bool {
  return value > price || value == price && !orAt;
}

/** Fills the extremes of blocks of so many rows, a multiple of two, from columns of the least and of the largest of each row. */
export function findBlocks(leasts: usize, mosts: usize, rows: i32, block: i32, outLeast: usize, outMost: usize): void {
  for (let from = 0; from < rows; from += block) {
    const end = min(from + block, rows), whole = from + ((end - from) & ~1);
    let low = f64x2.splat(Infinity), high = f64x2.splat(-Infinity);
    for (let row = from; row < whole; row += 2) {
      low = f64x2.pmin(low, v128.load(leasts + ((<usize>row) << 3)));
      high = f64x2.pmax(high, v128.load(mosts + ((<usize>row) << 3)));
    }
    if (whole < end) {
      low = f64x2.pmin(low, v128.load64_splat(leasts + ((<usize>whole) << 3)));
      high = f64x2.pmax(high, v128.load64_splat(mosts + ((<usize>whole) << 3)));
    }
    low = f64x2.pmin(low, v128.shuffle<f64>(low, low, 1, 0));
    high = f64x2.pmax(high, v128.shuffle<f64>(high, high, 1, 0));
    store<f64>(outLeast, f64x2.extract_lane(low, 0));
    store<f64>(outMost, f64x2.extract_lane(high, 0));
    outLeast += 8;
    outMost += 8;
  }
}

/** Fills what the table has of rows `from` … `to` (not included): account_table.ts. What it has of the row before stands before `out`. */
export function findTable(closes: usize, from: i32, to: i32, reference: f64, out: usize): void {
  let at = closes + ((<usize>from) << 3), before = from > 0 ? load<f64>(at - 8) : load<f64>(at);
  let total = load<f64>(out - TABLE_BYTES, 8), returns = load<f64>(out - TABLE_BYTES, 16), squares = load<f64>(out - TABLE_BYTES, 24);
  for (const end = closes + ((<usize>to) << 3); at < end; at += 8, out += TABLE_BYTES) {
    const own = load<f64>(at), change = own / before - 1;
    total += own - reference;
    returns += change;
    squares += change * change;
    v128.store(out, f64x2.replace_lane(f64x2.splat(own), 1, total));
    v128.store(out, f64x2.replace_lane(f64x2.splat(returns), 1, squares), 16);
    before = own;
  }
}

/** Answers of findExtremes. */
let least: f64 = 0, most: f64 = 0;

/** Finds the least and the largest of so many known values, at least one. */
function findExtremes(from: usize, rows: i32): void {
  if (rows < 4) return findFew(from, rows);
  // Some of the last values are looked at twice: that is faster than to go on one by one.
  const end = from + ((<usize>rows) << 3);
  let x = v128.load(end - 32), y = v128.load(end - 32, 16);
  let least0 = x, most0 = x, least1 = y, most1 = y;
  if (rows >= 8) {
    const last = end - 64;
    do {
      const x0 = v128.load(from), y0 = v128.load(from, 16), x1 = v128.load(from, 32), y1 = v128.load(from, 48);
      least0 = f64x2.pmin(least0, f64x2.pmin(x0, x1));
      most0 = f64x2.pmax(most0, f64x2.pmax(x0, x1));
      least1 = f64x2.pmin(least1, f64x2.pmin(y0, y1));
      most1 = f64x2.pmax(most1, f64x2.pmax(y0, y1));
      from += 64;
    } while (from <= last);
  }
  x = v128.load(min(from, end - 32)), y = v128.load(min(from, end - 32), 16);
  least0 = f64x2.pmin(least0, x);
  most0 = f64x2.pmax(most0, x);
  least1 = f64x2.pmin(least1, y);
  most1 = f64x2.pmax(most1, y);
  keepExtremes(f64x2.pmin(least0, least1), f64x2.pmax(most0, most1));
}

/** The same of one to three. */
function findFew(from: usize, rows: i32): void {
  if (rows == 1) return keepExtremes(v128.load64_splat(from), v128.load64_splat(from));
  const end = from + ((<usize>rows) << 3) - 16, x = v128.load(from), y = v128.load(end);
  keepExtremes(f64x2.pmin(x, y), f64x2.pmax(x, y));
}

// @ts-ignore: decorator
@inline
function keepExtremes(leasts: v128, mosts: v128): void {
  least = f64x2.extract_lane(f64x2.pmin(leasts, v128.shuffle<f64>(leasts, leasts, 1, 0)), 0);
  most = f64x2.extract_lane(f64x2.pmax(mosts, v128.shuffle<f64>(mosts, mosts, 1, 0)), 0);
}
