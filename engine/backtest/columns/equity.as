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

/** Follows so many changes, each a row with the cash and the quantity from its close on, and then up to a row. */
export function follow(own: Equity, rows: usize, cashes: usize, quantities: usize, changes: i32, end: i32): void {
  for (let i = 0; i < changes; i++) {
    pass(own, load<i32>(rows + ((<usize>i) << 2)));
    own.cash = load<f64>(cashes + ((<usize>i) << 3));
    own.quantity = load<f64>(quantities + ((<usize>i) << 3));
  }
  pass(own, end);
}

// @ts-ignore: decorator
@inline
function closeOf(own: Equity, row: i32): f64 {
  return load<f64>(own.table + ((<usize>row) << 5));
}

/** Goes on to a row (not included) without a change. */
export function pass(own: Equity, to: i32): void {
  const row = own.row;
  if (to <= row) return;
  const cash = own.cash, held = own.quantity, at = own.table + ((<usize>row) << 5), until = own.table + ((<usize>to) << 5);
  const rows = <f64>(to - row);
  if (held == 0) {
    if (own.perBar) {
      const first = cash / own.before - 1;
      own.barReturns += first;
      own.barSquares += first * first;
      own.before = cash;
    }
    own.sum += cash * rows;
    if (!own.isBelow || !(cash < own.peak) || cash < own.floor) flat(own, row, cash);
  } else {
    if (own.perBar) {
      const first = (cash + held * load<f64>(at)) / own.before - 1;
      own.barReturns += first;
      own.barSquares += first * first;
      own.before = cash + held * load<f64>(until - 32);
      // Of a position without cash beside it the returns are the market's own.
      if (abs(cash) <= NEARLY_NOTHING * abs(own.before)) {
        own.barReturns += load<f64>(until, 16) - load<f64>(at, 48);
        own.barSquares += load<f64>(until, 24) - load<f64>(at, 56);
      } else changes(own, at + 32, until, cash, held);
    }
    own.sum += (cash + held * own.reference) * rows + held * (load<f64>(until, 8) - load<f64>(at, 8));
    own.heldRows += to - row;
    findExtremes(own.close.values + ((<usize>row) << 3), to - row);
    const low = cash + held * (held > 0 ? least : most), high = cash + held * (held > 0 ? most : least);
    if (!(own.isBelow && high < own.peak && low >= own.floor)) holding(own, row, to, low, high);
  }
  own.row = to;
  if (own.day < own.days && load<i32>(own.dayRows + ((<usize>own.day) << 2)) < to) passDays(own, row, to);
}

/** Adds the returns from close to close of a position with cash beside it. */
function changes(own: Equity, from: usize, until: usize, cash: f64, held: f64): void {
  let equity = cash + held * load<f64>(from - 32), returns = own.barReturns, squares = own.barSquares;
  for (let at = from; at < until; at += 32) {
    const after = cash + held * load<f64>(at), change = after / equity - 1;
    returns += change;
    squares += change * change;
    equity = after;
  }
  own.barReturns = returns;
  own.barSquares = squares;
}

function passDays(own: Equity, row: i32, to: i32): void {
  const cash = own.cash, held = own.quantity, days = own.days;
  let day = own.day, dayRow = load<i32>(own.dayRows + ((<usize>day) << 2));
  while (dayRow < to) {
    // A day without a close returns nothing.
    const equity = dayRow < row ? own.dayEquity : held == 0 ? cash : cash + held * closeOf(own, dayRow);
    store<f64>(own.dailyReturns + ((<usize>day) << 3), equity / own.dayEquity - 1);
    own.dayEquity = equity;
    day++;
    dayRow = day < days ? load<i32>(own.dayRows + ((<usize>day) << 2)) : NEVER;
  }
  own.day = day;
}

function flat(own: Equity, from: i32, equity: f64): void {
  if (equity < own.leastEquity) own.leastEquity = equity;
  if (equity < own.peak) return sink(own, from, equity);
  if (own.isBelow) recovered(own, timeOf(own, from));
  rise(own, equity);
}

function holding(own: Equity, from: i32, to: i32, low: f64, high: f64): void {
  if (low < own.leastEquity) own.leastEquity = low;
  if (high < own.peak) {
    // The first row decides when it went below.
    if (!own.isBelow) sink(own, from, low);
    else deepen(own, low);
  } else rowByRow(own, from, to);
}

function rowByRow(own: Equity, from: i32, to: i32): void {
  const cash = own.cash, held = own.quantity;
  for (let row = from; row < to;) {
    const equity = cash + held * closeOf(own, row);
    if (equity < own.peak) sink(own, row, equity);
    else {
      if (own.isBelow) recovered(own, timeOf(own, row));
      rise(own, equity);
    }
    row++;
    if (!own.isBelow || row >= to) continue;
    // Below the peak the rows are left out that do not come back to it, with a margin for what rounding may hide.
    const price = (own.peak - cash) / held;
    const margin = ROUNDING * (abs(price) + (own.peak + abs(cash)) / abs(held));
    const found = held > 0 ? firstAbove(own.close, price - margin, true, row, to) : firstBelow(own.close, price + margin, true, row, to);
    if (found > row) {
      findExtremes(own.close.values + ((<usize>row) << 3), found - row);
      deepen(own, cash + held * (held > 0 ? least : most));
    }
    row = found;
  }
}

function timeOf(own: Equity, row: i32): f64 {
  return load<f64>(own.closeTimeMs + ((<usize>row) << 3));
}

function rise(own: Equity, equity: f64): void {
  own.isBelow = 0;
  own.peak = equity;
  own.floor = equity * (1 + own.maxDrawdownFraction) * (1 + ROUNDING);
}

function sink(own: Equity, row: i32, equity: f64): void {
  if (!own.isBelow) {
    own.isBelow = 1;
    own.peakMs = row == own.firstRow ? own.startMs : timeOf(own, row - 1);
  }
  deepen(own, equity);
}

function deepen(own: Equity, equity: f64): void {
  const drawdown = equity / own.peak - 1;
  if (!(drawdown < own.maxDrawdownFraction)) return;
  own.maxDrawdownFraction = drawdown;
  own.floor = equity * (1 + ROUNDING);
}

function recovered(own: Equity, timeMs: f64): void {
  const days = (timeMs - own.peakMs) / DAY_MS;
  if (days > own.longestUnderwaterDays) own.longestUnderwaterDays = days;
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

/** Answers of findExtremes. */
let least: f64 = 0, most: f64 = 0;

/** Finds the least and the largest of so many known values, at least one. */
function findExtremes(at: usize, rows: i32): void {
  let least0 = v128.load64_splat(at), most0 = least0, least1 = least0, most1 = least0;
  for (; rows >= 4; rows -= 4, at += 32) {
    const x = v128.load(at), y = v128.load(at, 16);
    least0 = f64x2.pmin(least0, x);
    most0 = f64x2.pmax(most0, x);
    least1 = f64x2.pmin(least1, y);
    most1 = f64x2.pmax(most1, y);
  }
  for (; rows > 0; rows--, at += 8) {
    const x = v128.load64_splat(at);
    least0 = f64x2.pmin(least0, x);
    most0 = f64x2.pmax(most0, x);
  }
  least0 = f64x2.pmin(least0, least1);
  most0 = f64x2.pmax(most0, most1);
  least0 = f64x2.pmin(least0, v128.shuffle<f64>(least0, least0, 1, 0));
  most0 = f64x2.pmax(most0, v128.shuffle<f64>(most0, most0, 1, 0));
  least = f64x2.extract_lane(least0, 0);
  most = f64x2.extract_lane(most0, 0);
}
