// Test support only: what users do to the columns of a data frame.

/** Values moved by so many rows, as `shift` of pandas: below 0 from the future. */
export function shift(values: ArrayLike<number>, by: number): Float64Array {
  return Float64Array.from(values, (_, i) => values[i - by] ?? NaN);
}

export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

export function deviation(values: ArrayLike<number>): number {
  const centre = mean(values);
  return Math.sqrt(mean(Array.from(values, (value) => (value - centre) * (value - centre))));
}

/** A function over the last `length` values of each row; with `ahead`, over a window that ends so many rows later. */
export function rolling(
  values: Float64Array,
  length: number,
  of: (window: Float64Array) => number,
  ahead = 0,
): Float64Array {
  return values.map((_, i) => {
    const end = i + 1 + ahead, start = end - length;
    return start < 0 || end > values.length ? NaN : of(values.subarray(start, end));
  });
}

/** Change against the row before, as a share; 0 in the first row. */
export function changes(values: Float64Array): Float64Array {
  return values.map((value, i) => i === 0 ? 0 : value / values[i - 1]! - 1);
}

export function ewm(values: Float64Array, share: number): Float64Array {
  let last = NaN;
  return values.map((value) => last = Number.isNaN(last) ? value : last + share * (value - last));
}

/** Each row has the last known value. */
export function forwardFill(values: Float64Array): Float64Array {
  let last = NaN;
  return values.map((value) => Number.isNaN(value) ? last : last = value);
}

/** Each row has the next known value. */
export function backwardFill(values: Float64Array): Float64Array {
  return Float64Array.from(forwardFill(Float64Array.from(values).reverse())).reverse();
}

export function largest(values: ArrayLike<number>): number {
  let most = -Infinity;
  for (let i = 0; i < values.length; i++) if (values[i]! > most) most = values[i]!;
  return most;
}

export function least(values: ArrayLike<number>): number {
  let found = Infinity;
  for (let i = 0; i < values.length; i++) if (values[i]! < found) found = values[i]!;
  return found;
}

/** Pearson's correlation of two columns over some rows. */
export function correlation(a: Float64Array, b: Float64Array, rows: ArrayLike<number>): number {
  const own = Array.from(rows, (row) => [a[row]!, b[row]!] as const).filter(([x, y]) => x - x === 0 && y - y === 0);
  const x = own.map(([value]) => value), y = own.map(([, value]) => value), mx = mean(x), my = mean(y);
  return mean(own.map(([u, v]) => (u - mx) * (v - my))) / (deviation(x) * deviation(y));
}

/** Numbers from one to another, not included. */
export function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
}
