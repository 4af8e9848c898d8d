/**
 * Technical indicators: each file holds a kernel, the function that makes series of it, and where it comes from. The
 * registry lists them with parameters, outputs and the names that other libraries use.
 *
 * @module
 */
export * from "./adx.ts";
export * from "./atr.ts";
export * from "./bollinger.ts";
export * from "./cci.ts";
export * from "./ema.ts";
export * from "./macd.ts";
export * from "./obv.ts";
export * from "./registry.ts";
export * from "./roc.ts";
export * from "./rsi.ts";
export * from "./sma.ts";
export * from "./stochastic.ts";
export * from "./wma.ts";
