/**
 * What a thing is, as bytes: canonical JSON and SHA-256. Works the same in Deno and in a browser, needs no permission.
 *
 * @module
 */
export * from "./canonical_json.ts";
export * from "./digest.ts";
export * from "./plain_data.ts";
export * from "./stated.ts";
