import { CodedError } from "../errors/mod.ts";

/** Values that can be written down and read back without loss: JSON, and beside it bigint, NaN, −0 and Float64Array. */
export type PlainData =
  | string
  | number
  | bigint
  | boolean
  | null
  | Float64Array
  | readonly PlainData[]
  | { readonly [name: string]: PlainData | undefined };

/**
 * Writes plain data as text, keys in their own order; {@linkcode decodePlain} gives back equal values, bit for bit.
 *
 * @throws {CodedError} `plain-data` for functions, class instances and other things with a life of their own.
 */
export function encodePlain(value: unknown): string {
  return JSON.stringify(wrap(value));
}

/** Reads what {@linkcode encodePlain} wrote. */
export function decodePlain(text: string): unknown {
  return unwrap(JSON.parse(text));
}

/** Marks what JSON cannot hold; keys that begin with it are written with one more. */
const TAG = "$";

function wrap(value: unknown): unknown {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return wrapNumber(value);
  if (typeof value === "bigint") return { [TAG]: "n", v: value.toString() };
  if (value instanceof Float64Array) return { [TAG]: "f", v: Array.from(value, wrapNumber) };
  if (Array.isArray(value)) return value.map(wrap);
  if (typeof value === "object" && [Object.prototype, null].includes(Object.getPrototypeOf(value))) {
    return Object.fromEntries(
      Object.entries(value).filter(([, v]) => v !== undefined).map((
        [k, v],
      ) => [k.startsWith(TAG) ? TAG + k : k, wrap(v)]),
    );
  }
  throw new CodedError(
    "plain-data",
    `a ${value?.constructor?.name ?? typeof value} is not plain data: keep values only`,
  );
}

function wrapNumber(value: number): unknown {
  return Number.isFinite(value) && !Object.is(value, -0)
    ? value
    : { [TAG]: "d", v: Object.is(value, -0) ? "-0" : `${value}` };
}

function unwrap(value: unknown): unknown {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(unwrap);
  const tagged = value as { [TAG]?: unknown; v?: unknown };
  switch (tagged[TAG]) {
    case "n":
      return BigInt(tagged.v as string);
    case "d":
      return Number(tagged.v);
    case "f":
      return Float64Array.from(tagged.v as unknown[], (item) => unwrap(item) as number);
    default:
      return Object.fromEntries(
        Object.entries(value).map(([k, v]) => [k.startsWith(TAG) ? k.slice(TAG.length) : k, unwrap(v)]),
      );
  }
}
