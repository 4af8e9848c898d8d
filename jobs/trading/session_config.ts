import { bindStrategies, traderConfigOf } from "../../engine/backtest/mod.ts";
import { instrument } from "../../engine/market/mod.ts";
import type { TimestampMs } from "../../engine/time/mod.ts";
import { DEFAULT_TIMING, type TraderConfig, type VenueTiming } from "../../engine/trader/mod.ts";
import { findStrategy } from "../registry.ts";
import type { SessionSettings } from "./session_settings.ts";

/** The trader of a session: whoever replays it makes the same one. */
export function sessionConfig({ spec, tag, clock }: SessionSettings): TraderConfig {
  return traderConfigOf(spec, bindStrategies(spec, findStrategy), {
    session: tag,
    instruments: spec.markets.map((own) => instrument(own)),
    tradeFromMs: 0 as TimestampMs,
    canMove: false,
    timing: scaled(DEFAULT_TIMING, clock?.speed ?? 1),
  });
}

/** Waits of the machine's time, on a clock that runs faster. */
function scaled(timing: VenueTiming, speed: number): VenueTiming {
  return Object.fromEntries(Object.entries(timing).map(([name, ms]) => [name, ms * speed])) as unknown as VenueTiming;
}
