/**
 * Moments, candle lengths and the ports for time and chance. Calendars are UTC; nothing here depends on the machine's
 * time zone.
 *
 * @module
 */
export * from "./calendar.ts";
export * from "./clock.ts";
export * from "./crash_point.ts";
export * from "./cron.ts";
export * from "./keyed_random.ts";
export * from "./lengths.ts";
export * from "./random.ts";
export * from "./scheduler.ts";
export * from "./shuffle.ts";
export * from "./steady_clock.ts";
export * from "./system_clock.ts";
export * from "./system_timer.ts";
export * from "./timeframe.ts";
export * from "./timer.ts";
export * from "./timestamp.ts";
