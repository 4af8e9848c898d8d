/**
 * Prices, quantities, amounts and fees as exact integers, and the one place where a float becomes one of them.
 * Results never depend on the order of additions; only `quantize.ts` and {@linkcode feeOn} round, always against us.
 *
 * @module
 */
export * from "./decimal.ts";
export * from "./fee.ts";
export * from "./notional.ts";
export * from "./price.ts";
export * from "./quantity.ts";
export * from "./quantize.ts";
