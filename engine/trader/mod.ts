/**
 * The trading kernel: one `step` for backtest, paper and live. It knows no clock, no venue and no file; a driver feeds
 * it events and carries out its commands.
 *
 * @module
 */
export { undoing } from "./adjust.ts";
export * from "./command.ts";
export * from "./config.ts";
export * from "./event.ts";
export { approvedClose } from "./guard.ts";
export { hasOverdue } from "./reconcile.ts";
export { hasExitsToRetry } from "./retry_exits.ts";
export * from "./state.ts";
export * from "./step.ts";
export * from "./trader.ts";
export type { UniverseConfig, UniverseState } from "./universe_state.ts";
