const ROUNDING = 1e-10, STRETCHES = 8;

/** True for values that follow a rule of their row's number: at rest, along a curve of low degree, or in a period. */
export function isRegular(values: Float64Array): boolean {
  const size = values.reduce((most, value) => Math.max(most, Math.abs(value) || 0), 0) * ROUNDING;
  const same = (a: number, b: number) => Object.is(a, b) || Math.abs(a - b) <= size;
  let rows = values;
  for (let degree = 0; degree <= 3; degree++) {
    const first = rows[0]!;
    if (rows.every((value) => same(value, first))) return true;
    rows = rows.subarray(1).map((value, i) => value - rows[i]!);
  }
  for (let period = 2; period <= values.length / 3; period++) {
    let row = period;
    while (row < values.length && same(values[row]!, values[row - period]!)) row++;
    if (row === values.length) return true;
  }
  return false;
}

/** True for values whose steps become smaller and smaller, as those of an average that forgets where it began. */
export function comesToRest(values: Float64Array): boolean {
  const length = Math.floor(values.length / STRETCHES);
  let before = Infinity;
  for (let stretch = 0; stretch < STRETCHES; stretch++) {
    let most = 0;
    for (let row = stretch * length + 1; row < (stretch + 1) * length; row++) {
      most = Math.max(most, Math.abs(values[row]! - values[row - 1]!));
    }
    if (!(most < before)) return most === 0;
    before = most;
  }
  return true;
}
