// What SQL gives, as an Arrow table: numbers, texts, truth values and times; everything else as its text.
import type { DuckDBMaterializedResult } from "@duckdb/node-api";
import {
  Bool,
  type DataType,
  Dictionary,
  Float64,
  Int32,
  makeData,
  makeVector,
  Table,
  TimestampMillisecond,
  Utf8,
  type Vector,
  vectorFromArray,
} from "apache-arrow";

const NUMBER = /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL.*)$/;
/** Types whose values DuckDB hands out as typed arrays of numbers. */
const PLAIN_NUMBER = /^(U?(TINY|SMALL|BIG)INT|U?INTEGER|FLOAT|DOUBLE)$/;

/** Some rows of a column, on memory that is DuckDB's own. */
interface ColumnPart {
  readonly items: ArrayLike<number | bigint>;
  readonly itemCount: number;
  /** Without data where no value is null. */
  readonly validity: { readonly data: unknown };
  toArray(): readonly unknown[];
}

/** Converts a result that is small enough to be held whole. Numbers become float64, so whole ones are exact to 2^53. */
export async function arrowTable(result: DuckDBMaterializedResult): Promise<Table> {
  const types = result.columnTypes().map(String), names = result.deduplicatedColumnNames();
  const vectors = types.map((type, column) => plainVector(type, partsOf(result, column), result.rowCount));
  if (vectors.includes(null)) {
    const columns = await columnsOf(result);
    vectors.forEach((vector, i) => vectors[i] = vector ?? columnVector(types[i]!, columns[i] ?? []));
  }
  return new Table(Object.fromEntries(names.map((name, i) => [name, vectors[i]!])));
}

function partsOf(result: DuckDBMaterializedResult, column: number): ColumnPart[] {
  return Array.from(
    { length: result.chunkCount },
    (_, i) => result.getChunk(i).getColumnVector(column) as unknown as ColumnPart,
  );
}

/** A column of numbers or texts without nulls, part by part; null of any other. */
function plainVector(type: string, parts: readonly ColumnPart[], rows: number): Vector | null {
  if (parts.some(({ validity }) => validity.data !== null)) return null;
  if (PLAIN_NUMBER.test(type)) {
    const numbers = new Float64Array(rows);
    let filled = 0;
    for (const { items, itemCount } of parts) {
      if (typeof items[0] === "bigint") { for (let i = 0; i < itemCount; i++) numbers[filled + i] = Number(items[i]); }
      else numbers.set(items as ArrayLike<number>, filled);
      filled += itemCount;
    }
    return makeVector(numbers);
  }
  return type === "VARCHAR" ? textVector(parts, rows) : null;
}

/** Texts by their number in the list of all that there are. */
function textVector(parts: readonly ColumnPart[], rows: number): Vector {
  const numbers = new Int32Array(rows), numberOf = new Map<string, number>();
  let filled = 0;
  for (const part of parts) {
    for (const text of part.toArray() as readonly string[]) {
      let number = numberOf.get(text);
      if (number === undefined) numberOf.set(text, number = numberOf.size);
      numbers[filled++] = number;
    }
  }
  const dictionary = vectorFromArray([...numberOf.keys()], new Utf8());
  return makeVector(
    makeData({ type: new Dictionary(new Utf8(), new Int32()), length: rows, data: numbers, dictionary }),
  );
}

/** All columns as JavaScript's own values. */
async function columnsOf(result: DuckDBMaterializedResult) {
  const { DuckDBResultReader } = await import("@duckdb/node-api");
  const reader = new DuckDBResultReader(result);
  await reader.readAll();
  return reader.getColumnsJS();
}

function columnVector(type: string, values: readonly unknown[]): Vector {
  const vector = (arrow: DataType, convert: (value: NonNullable<unknown>) => unknown) =>
    vectorFromArray(values.map((value) => value === null || value === undefined ? null : convert(value)), arrow);
  if (NUMBER.test(type)) return vector(new Float64(), Number);
  if (type === "BOOLEAN") return vector(new Bool(), Boolean);
  if (/^(TIMESTAMP|DATE)/.test(type)) return vector(new TimestampMillisecond(), (value) => value);
  return vector(new Dictionary(new Utf8(), new Int32()), String);
}
