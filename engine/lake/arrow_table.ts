// What SQL gives, as an Arrow table: numbers, texts, truth values and times; everything else as its text.
import type { DuckDBResultReader } from "@duckdb/node-api";
import {
  Bool,
  type DataType,
  Dictionary,
  Float64,
  Int32,
  Table,
  TimestampMillisecond,
  Utf8,
  type Vector,
  vectorFromArray,
} from "apache-arrow";

const NUMBER = /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL.*)$/;

/** Converts a result that is small enough to be read whole. Numbers become float64, so whole ones are exact to 2^53. */
export function arrowTable(reader: DuckDBResultReader): Table {
  const columns = reader.getColumnsJS(), types = reader.columnTypes().map(String);
  const vectors = reader.deduplicatedColumnNames().map((name, i): [string, Vector] => [
    name,
    columnVector(types[i]!, columns[i] ?? []),
  ]);
  return new Table(Object.fromEntries(vectors));
}

function columnVector(type: string, values: readonly unknown[]): Vector {
  const vector = (arrow: DataType, convert: (value: NonNullable<unknown>) => unknown) =>
    vectorFromArray(values.map((value) => value === null || value === undefined ? null : convert(value)), arrow);
  if (NUMBER.test(type)) return vector(new Float64(), Number);
  if (type === "BOOLEAN") return vector(new Bool(), Boolean);
  if (/^(TIMESTAMP|DATE)/.test(type)) return vector(new TimestampMillisecond(), (value) => value);
  return vector(new Dictionary(new Utf8(), new Int32()), String);
}
