import type { Exchange } from "../../engine/exchanges/mod.ts";
import { venueSkewMs } from "../../engine/live/mod.ts";
import { SteadyClock, systemClock, type TimestampMs } from "../../engine/time/mod.ts";
import type { SessionSettings } from "./session_settings.ts";

/** The time by which a session trades: the venue's as it was told when the process began, kept by what nobody can set. */
export async function steadyClock({ clock }: SessionSettings, exchange: Exchange): Promise<SteadyClock> {
  const isOurs = clock !== null, steps = () => performance.now();
  // Without an answer the guard lets nothing be opened.
  const skewMs = isOurs ? 0 : await venueSkewMs(exchange, systemClock).catch(() => 0);
  return new SteadyClock(systemClock.now() + skewMs as TimestampMs, steps);
}
