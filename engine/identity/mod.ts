/**
 * What a thing is, as bytes: canonical JSON, SHA-256 and chains of rows that nobody can change unseen.
 * Works the same in Deno and in a browser, needs no permission.
 *
 * @module
 */
export * from "./canonical_json.ts";
export * from "./chain_audit.ts";
export * from "./digest.ts";
export * from "./hash_chain.ts";
export * from "./moved_values.ts";
export * from "./plain_data.ts";
export * from "./stated.ts";
