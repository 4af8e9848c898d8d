/** A value of plain data, or a whole column of them, that is not what it was. */
export interface MovedValue {
  /** Where it is: `metrics.sharpe`, `trades[12].exitPrice`; of a column the column: `equity.equity`. */
  readonly path: string;
  /** Undefined where one side does not have it. Of a column the first value that moved. */
  readonly recorded: unknown;
  readonly recomputed: unknown;
  /** Of a column: how many of its values moved, and the row of the first one. */
  readonly column?: { readonly moved: number; readonly of: number; readonly firstRow: number };
}

/** Arrays of so many numbers are columns: one moved value of them for all. */
const COLUMN_ROWS = 16;

/** Every value that differs between two forms of plain data, in the order of the recorded one. NaN equals NaN. */
export function movedValues(recorded: unknown, recomputed: unknown, path = ""): MovedValue[] {
  if (isColumn(recorded) && isColumn(recomputed)) return movedColumn(recorded, recomputed, path);
  if (isList(recorded) && isList(recomputed)) {
    const rows = Math.max(recorded.length, recomputed.length);
    return Array.from({ length: rows }, (_, row) => movedValues(recorded[row], recomputed[row], `${path}[${row}]`))
      .flat();
  }
  if (isRecord(recorded) && isRecord(recomputed)) {
    const names = new Set([...Object.keys(recorded), ...Object.keys(recomputed)]);
    return [...names].flatMap((name) =>
      movedValues(recorded[name], recomputed[name], path === "" ? name : `${path}.${name}`)
    );
  }
  return Object.is(recorded, recomputed) || recorded === recomputed ? [] : [{ path, recorded, recomputed }];
}

function movedColumn(recorded: ArrayLike<unknown>, recomputed: ArrayLike<unknown>, path: string): MovedValue[] {
  const rows = Math.max(recorded.length, recomputed.length);
  let moved = 0, firstRow = -1;
  for (let row = 0; row < rows; row++) {
    if (Object.is(recorded[row], recomputed[row]) || recorded[row] === recomputed[row]) continue;
    if (moved++ === 0) firstRow = row;
  }
  if (moved === 0) return [];
  const column = { moved, of: rows, firstRow };
  return [{ path, recorded: recorded[firstRow], recomputed: recomputed[firstRow], column }];
}

function isColumn(value: unknown): value is ArrayLike<unknown> {
  if (ArrayBuffer.isView(value)) return true;
  return isList(value) && value.length >= COLUMN_ROWS && value.every((own) => own === null || typeof own === "number");
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !isList(value) && !ArrayBuffer.isView(value);
}
