import { CodedError } from "../errors/mod.ts";

/**
 * JSON with one spelling per value: keys sorted by code unit, no white space, numbers in shortest round-trip form.
 * Two equal values give equal bytes on every machine, so the text can be hashed.
 *
 * `undefined` members are left out as in `JSON.stringify`; a bigint becomes a decimal string; NaN and infinities are
 * refused because JSON cannot hold them.
 *
 * @throws {CodedError} `canonical-json` for a value that JSON cannot hold.
 * @example
 * ```ts
 * import { canonicalJson } from "./mod.ts";
 * import assert from "node:assert/strict";
 * assert.equal(canonicalJson({ b: 1, a: [true, null] }), '{"a":[true,null],"b":1}');
 * ```
 */
export function canonicalJson(value: unknown): string {
  switch (typeof value) {
    case "string":
    case "boolean":
      return JSON.stringify(value);
    case "bigint":
      return `"${value}"`;
    case "number":
      if (!Number.isFinite(value)) {
        throw new CodedError("canonical-json", `${value} cannot be written as JSON: use null or a string for it`);
      }
      return JSON.stringify(value);
    case "object":
      if (value === null) return "null";
      if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
      return canonicalObject(value as Record<string, unknown>);
    default:
      throw new CodedError("canonical-json", `a ${typeof value} cannot be written as JSON: leave it out`);
  }
}

function canonicalObject(value: Record<string, unknown>): string {
  const members = Object.keys(value).filter((key) => value[key] !== undefined).sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key])}`);
  return `{${members.join(",")}}`;
}
