/**
 * Replays candles through the trader and the simulator: run specs in, run records out.
 *
 * @module
 */
export * from "./run_record.ts";
export * from "./run_spec.ts";
