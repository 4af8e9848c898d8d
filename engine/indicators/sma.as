// AssemblyScript: the moving average of a column, by the same operations in the same order as `smaRun` of sma.ts, with two
// divisions at once, and two stretches from one rebuilt sum to the next at once; `deno task kernels` compiles it.

/** As `REBUILD_EVERY` of the series. */
const REBUILD_EVERY: i32 = 1024;

/** Fills the rows `from` … `to` (not included), the first of which is the first of `out`; `x` is known from the row `origin` on. */
export function sma(x: usize, origin: i32, from: i32, to: i32, length: i32, out: usize): void {
  const full = origin + length - 1, divisor = <f64>length, base = out - ((<usize>from) << 3);
  let row = from;
  for (const unknown = min(full, to); row < unknown; row++) put(base, row, NaN);
  while (row < to) {
    // The last row up to this one whose sum does not come from the one before it.
    const anchor = max(row - sinceRebuilt(row, origin), full);
    let sum = sumAt(x, anchor, length);
    if (anchor == row) put(base, row++, sum / divisor);
    else for (let i = anchor + 1; i < row; i++) sum += at(x, i) - at(x, i - length);
    const next = anchor + REBUILD_EVERY - sinceRebuilt(anchor, origin);
    if (next >= to) return walk(x, base, row, to, length, sum);
    const end = min(next + REBUILD_EVERY, to);
    walkTwo(x, base, row, next, length, sum, end);
    row = end;
  }
}

/** Rows since the last one on which the sum was rebuilt. */
// @ts-ignore: decorator
@inline
function sinceRebuilt(row: i32, origin: i32): i32 {
  return (row - origin + 1) & (REBUILD_EVERY - 1);
}

/** Fills rows up to `next` from the sum of the row before them, and meanwhile those from there on, where it is rebuilt. */
// @ts-ignore: decorator
@inline
function walkTwo(x: usize, base: usize, row: i32, next: i32, length: i32, sum: f64, end: i32): void {
  let later = next + 1, other = sumAt(x, next, length);
  put(base, next, other / <f64>length);
  const divisors = f64x2.splat(<f64>length), back = (<usize>length) << 3;
  let place = x + ((<usize>row) << 3), result = base + ((<usize>row) << 3);
  const ahead = (<usize>(later - row)) << 3;
  for (; row + 2 <= next && later + 2 <= end; row += 2, later += 2, place += 16, result += 16) {
    const changes = f64x2.sub(v128.load(place), v128.load(place - back));
    const laterChanges = f64x2.sub(v128.load(place + ahead), v128.load(place + ahead - back));
    const first = sum + f64x2.extract_lane(changes, 0), laterFirst = other + f64x2.extract_lane(laterChanges, 0);
    sum = first + f64x2.extract_lane(changes, 1);
    other = laterFirst + f64x2.extract_lane(laterChanges, 1);
    v128.store(result, f64x2.div(f64x2.replace_lane(f64x2.splat(first), 1, sum), divisors));
    v128.store(result + ahead, f64x2.div(f64x2.replace_lane(f64x2.splat(laterFirst), 1, other), divisors));
  }
  walk(x, base, row, next, length, sum);
  walk(x, base, later, end, length, other);
}

/** Fills rows from the sum of the row before them. */
function walk(x: usize, base: usize, row: i32, end: i32, length: i32, sum: f64): void {
  const divisors = f64x2.splat(<f64>length), back = (<usize>length) << 3;
  let place = x + ((<usize>row) << 3), result = base + ((<usize>row) << 3);
  for (; row + 2 <= end; row += 2, place += 16, result += 16) {
    const changes = f64x2.sub(v128.load(place), v128.load(place - back));
    const first = sum + f64x2.extract_lane(changes, 0);
    sum = first + f64x2.extract_lane(changes, 1);
    v128.store(result, f64x2.div(f64x2.replace_lane(f64x2.splat(first), 1, sum), divisors));
  }
  if (row < end) put(base, row, (sum + (at(x, row) - at(x, row - length))) / <f64>length);
}

/** The window's sum from its oldest value on. */
function sumAt(x: usize, row: i32, length: i32): f64 {
  let sum: f64 = 0;
  for (let i = row - length + 1; i <= row; i++) sum += at(x, i);
  return sum;
}

// @ts-ignore: decorator
@inline
function at(column: usize, row: i32): f64 {
  return load<f64>(column + ((<usize>row) << 3));
}

// @ts-ignore: decorator
@inline
function put(column: usize, row: i32, value: f64): void {
  store<f64>(column + ((<usize>row) << 3), value);
}
