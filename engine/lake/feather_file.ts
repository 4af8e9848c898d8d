// Feather files, which are Arrow IPC files: freqtrade keeps candles in them, packed by LZ4 or Zstandard.
import { compressionRegistry, CompressionType, DataType, tableFromIPC, type Vector } from "apache-arrow";
import { zstdDecompressSync } from "node:zlib";
import { appendDoubles, type Database, identifier, literal } from "./duckdb.ts";
import { lz4Content } from "./lz4_frame.ts";

/** A column of one batch unpacks to so much at most: 2^27 doubles. */
const MAX_BYTES = 2 ** 30;
/** Columns with more different texts than that name no market, and are left out. */
const MAX_TEXTS = 1_000;
const MAGIC = "ARROW1";

compressionRegistry.set(CompressionType.LZ4_FRAME, { decode: (bytes) => lz4Content(bytes, MAX_BYTES) });
compressionRegistry.set(CompressionType.ZSTD, {
  decode: (bytes) => new Uint8Array(zstdDecompressSync(bytes, { maxOutputLength: MAX_BYTES })),
});

/** A Feather file as SQL sees it. */
export interface FeatherTable {
  /** SQL of the rows, in the file's order. */
  readonly relation: string;
  readonly columns: ReadonlyMap<string, string>;
}

/** A column as the numbers that are handed to SQL, and the SQL that makes the column of them again. */
interface SentColumn {
  readonly name: string;
  readonly values: Float64Array;
  readonly type: "DOUBLE" | "TIMESTAMP" | "VARCHAR";
  readonly sql: (number: string) => string;
}

/**
 * Puts the numbers, times and names of a Feather file into a temporary table; columns of other types are left out.
 *
 * @throws {Error} where it is no such file, or damaged.
 */
export async function openFeather(database: Database, path: string): Promise<FeatherTable> {
  const bytes = await Deno.readFile(path);
  if (new TextDecoder().decode(bytes.subarray(0, MAGIC.length)) !== MAGIC) throw new TypeError("no Arrow IPC file");
  if (new TextDecoder().decode(bytes.subarray(-MAGIC.length)) !== MAGIC) throw new TypeError("cut off");
  const table = tableFromIPC(bytes);
  const sent = table.schema.fields.map(({ name }) => sentColumn(name, table.getChild(name)!))
    .filter((column) => column !== null);
  const names = sent.map((_, i) => `c${i}`);
  await database.connection.run(
    `create or replace temp table feather (${["n double", ...names.map((name) => `${name} double`)].join(", ")})`,
  );
  const row = Float64Array.from({ length: table.numRows }, (_, i) => i);
  await appendDoubles(database, "feather", [row, ...sent.map(({ values }) => values)]);
  const selected = sent.map(({ name, sql }, i) => `${sql(names[i]!)} as ${identifier(name)}`);
  return {
    relation: `(select ${selected.join(", ")} from feather order by n)`,
    columns: new Map(sent.map(({ name, type }) => [name, type])),
  };
}

function sentColumn(name: string, vector: Vector): SentColumn | null {
  const { type } = vector;
  if (DataType.isTimestamp(type) || DataType.isDate(type)) {
    return { name, values: numbers(vector), type: "TIMESTAMP", sql: (ms) => `make_timestamp((${ms} * 1000)::bigint)` };
  }
  if (DataType.isFloat(type) || DataType.isInt(type)) {
    return { name, values: numbers(vector), type: "DOUBLE", sql: (number) => number };
  }
  if (!DataType.isUtf8(type) && !(DataType.isDictionary(type) && DataType.isUtf8(type.dictionary))) return null;
  const texts = new Map<unknown, number>();
  const values = Float64Array.from(vector, (text) => {
    if (!texts.has(text)) texts.set(text, texts.size + 1);
    return texts.get(text)!;
  });
  if (texts.size > MAX_TEXTS) return null;
  const list = [...texts.keys()].map((text) => text === null ? "null" : literal(String(text)));
  return { name, values, type: "VARCHAR", sql: (index) => `([${list.join(", ")}]::varchar[])[${index}::bigint]` };
}

/** Numbers, or moments in milliseconds; NaN where there is none. */
function numbers(vector: Vector): Float64Array {
  if (DataType.isFloat(vector.type) && vector.type.precision === 2 && vector.nullCount === 0) {
    return Float64Array.from(vector.toArray() as Float64Array);
  }
  return Float64Array.from(vector, (value) => value === null ? NaN : Number(value));
}
