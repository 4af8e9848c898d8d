// AssemblyScript: the moving average of a column, by the same operations in the same order as `smaRun` of sma.ts, with two
// divisions at once; `deno task kernels` compiles it.

/** As `REBUILD_EVERY` of the series. */
const REBUILD_EVERY: i32 = 1024;

/** Fills the rows `from` … `to` (not included) of `out`; `x` is known in all of them. */
export function sma(x: usize, from: i32, to: i32, length: i32, out: usize): void {
  const divisor = <f64>length, divisors = f64x2.splat(divisor), back = <usize>length << 3, full = min(from + length, to);
  let sum: f64 = 0;
  for (let i = from; i < full; i++) {
    sum += at(x, i);
    put(out, i, NaN);
  }
  if (full - from < length) return;
  put(out, full - 1, sum / divisor);
  for (let i = full; i < to;) {
    // Up to the next candle on which the sum is rebuilt, that one left out.
    const stop = min(i + (REBUILD_EVERY - 1 - (i - from) % REBUILD_EVERY), to);
    let place = x + ((<usize>i) << 3), result = out + ((<usize>i) << 3);
    for (; i + 2 <= stop; i += 2, place += 16, result += 16) {
      const changes = f64x2.sub(v128.load(place), v128.load(place - back));
      const first = sum + f64x2.extract_lane(changes, 0);
      sum = first + f64x2.extract_lane(changes, 1);
      v128.store(result, f64x2.div(f64x2.replace_lane(f64x2.splat(first), 1, sum), divisors));
    }
    if (i < stop) {
      sum += at(x, i) - at(x, i - length);
      put(out, i, sum / divisor);
      i++;
    }
    if (i >= to) return;
    sum = 0;
    for (let k = i - length + 1; k <= i; k++) sum += at(x, k);
    put(out, i, sum / divisor);
    i++;
  }
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
