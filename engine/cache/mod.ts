/**
 * What processes share and may lose: who runs which autopilot, trades of the day, sessions, the newest market data,
 * messages, the budget of requests. Redis, or tables where there is none; every answer is a hint (fault 56).
 *
 * @module
 */
export * from "./autopilot_place.ts";
export * from "./autopilot_registry.ts";
export * from "./cache.ts";
export * from "./cache_store.ts";
export * from "./daily_trades.ts";
export * from "./hint.ts";
export * from "./market_cache.ts";
export { MessageStream, type StreamEvent } from "./message_stream.ts";
export * from "./messages.ts";
export * from "./redis_store.ts";
export * from "./session_cache.ts";
export * from "./shared_budget.ts";
export * from "./table_store.ts";
