/**
 * Coded errors, assertions and the outcomes of outside calls.
 *
 * @module
 */
export * from "./assert.ts";
export * from "./capped_text.ts";
export * from "./coded_error.ts";
export * from "./counted.ts";
export * from "./nearest_name.ts";
export * from "./outcome.ts";
export * from "./secret.ts";
