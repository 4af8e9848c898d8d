import { bindStrategies, type StrategyLookup, traderConfigOf } from "../../engine/backtest/mod.ts";
import { instrument } from "../../engine/market/mod.ts";
import { accountRules } from "../../engine/risk/mod.ts";
import { VenueClock } from "../../engine/exchanges/mod.ts";
import { type Clock, systemClock, type TimestampMs, timestampMs } from "../../engine/time/mod.ts";
import { DEFAULT_TIMING, type TraderConfig, type VenueTiming } from "../../engine/trader/mod.ts";
import { findStrategy } from "../registry.ts";
import { boundWithin } from "./session_plan.ts";
import type { LiveTerms, SessionSettings } from "./session_settings.ts";

/** What of a session's settings makes its trader. */
export type TradedSettings =
  & Pick<SessionSettings, "spec" | "tag" | "clock" | "live">
  & Partial<Pick<SessionSettings, "hours">>;

/** The trader of a session: whoever replays it makes the same one. */
export function sessionConfig(
  { spec, tag, clock, live, hours = null }: TradedSettings,
  strategies: StrategyLookup = findStrategy,
): TraderConfig {
  const made = traderConfigOf(spec, boundWithin(bindStrategies(spec, strategies), hours), {
    session: tag,
    instruments: spec.markets.map((own) => instrument(own)),
    tradeFromMs: 0 as TimestampMs,
    canMove: false,
    timing: { ...scaled(DEFAULT_TIMING, clock?.speed ?? 1), ...(live === null ? {} : expiryOf(live)) },
  });
  const config = { ...made, haltsOnError: true };
  if (live === null || live.limits === null) return config;
  return { ...config, rules: [...config.rules, ...accountRules(live.limits, live.before)] };
}

/** A venue without a rule that late requests are refused proves no absence: what is unknown there is quarantined. */
function expiryOf({ requestExpiryMs }: LiveTerms): Pick<VenueTiming, "requestExpiryMs"> {
  return { requestExpiryMs: requestExpiryMs ?? 0 };
}

/** The clock of a session's venue: the machine's where it has none of its own. */
export function venueClock({ clock }: Pick<SessionSettings, "clock">, machine: Clock = systemClock): Clock {
  if (clock === null) return machine;
  return new VenueClock(timestampMs(clock.startMs), clock.speed, machine, clock.beganMs);
}

/** Waits of the machine's time, on a clock that runs faster. */
function scaled(timing: VenueTiming, speed: number): VenueTiming {
  return Object.fromEntries(Object.entries(timing).map(([name, ms]) => [name, ms * speed])) as unknown as VenueTiming;
}
