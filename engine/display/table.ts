import { showing, type Shown } from "./shown.ts";
import { tableMarkup, tableText } from "./markup.ts";
import { moment, wording } from "./wording.ts";

/** Rows as objects with the same keys, or an Arrow table (as `sql` gives). */
export type TableData = readonly Readonly<Record<string, unknown>>[] | ArrowTable;

/** What is asked of an Arrow table, which this module does not load. */
interface ArrowTable {
  readonly numRows: number;
  readonly schema: { readonly fields: readonly { readonly name: string; readonly type: unknown }[] };
  get(index: number): { toJSON(): Readonly<Record<string, unknown>> } | null;
}

/** How to show a table. */
export interface TableOptions {
  /** Most rows that are shown; 20 unless stated. */
  readonly limit?: number;
}

/**
 * A table that a notebook shows; times are UTC. Keys that end with `TimeMs` and columns of times hold moments.
 *
 * @example
 * ```ts
 * import { table } from "./mod.ts";
 * table([{ symbol: "BTC/USD", close: 64250.5 }, { symbol: "ETH/USD", close: 3105 }], { limit: 1 });
 * ```
 */
export function table(data: TableData, { limit = 20 }: TableOptions = {}): Shown {
  const rowsOf = "schema" in data ? arrowRows : plainRows;
  const { names, isTime, count, rows } = rowsOf(data as never, limit);
  const cells = rows.map((row) => names.map((name) => isTime(name) ? timeWording(row[name]) : wording(row[name])));
  const isNumeric = (column: number) =>
    !isTime(names[column]!) && rows.some((row) => typeof row[names[column]!] === "number");
  const more = count > rows.length ? `${rows.length} of ${count.toLocaleString("en-US")} rows` : "";
  return showing({}, () => ({
    "text/html": tableMarkup(names, cells, isNumeric, more),
    "text/plain": tableText(names, cells, isNumeric, more),
  }));
}

/** The part of a table that is shown. */
interface ShownRows {
  readonly names: readonly string[];
  readonly isTime: (name: string) => boolean;
  /** Rows of the whole table. */
  readonly count: number;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

function plainRows(data: readonly Readonly<Record<string, unknown>>[], limit: number): ShownRows {
  return {
    names: Object.keys(data[0] ?? {}),
    isTime: (name) => name.endsWith("TimeMs"),
    count: data.length,
    rows: data.slice(0, limit),
  };
}

function arrowRows(data: ArrowTable, limit: number): ShownRows {
  const { fields } = data.schema,
    times = new Set(fields.filter(({ type }) => /^Timestamp/.test(String(type))).map(({ name }) => name));
  const count = Math.min(limit, data.numRows);
  return {
    names: fields.map(({ name }) => name),
    isTime: (name) => times.has(name),
    count: data.numRows,
    rows: Array.from({ length: count }, (_, i) => data.get(i)!.toJSON()),
  };
}

function timeWording(value: unknown): string {
  return typeof value === "number" ? moment(value) : wording(value);
}
