/**
 * The configuration: one schema, three sources (file < environment < flag), and each value knows where it came from.
 * Nothing here reads a file or the environment: the caller hands them over.
 *
 * @module
 */
export * from "./diff.ts";
export * from "./resolve.ts";
export * from "./schema.ts";
