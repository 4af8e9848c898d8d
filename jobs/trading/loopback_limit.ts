import type { SessionSettings } from "./session_settings.ts";

/** Weight in a minute of the machine that a venue allows at the speed of life, and the parts kept for orders and cancels. */
const LIMIT = { weight: 6_000, cancelWeight: 100, tradingWeight: 80 };

/**
 * What a loopback exchange allows whose time runs faster, and what a client of it keeps to: it counts by the machine's
 * time, and so much more happens in it.
 */
export function loopbackLimit(speed: number): typeof LIMIT {
  const times = Math.max(1, speed);
  return {
    weight: Math.floor(LIMIT.weight * times),
    cancelWeight: Math.floor(LIMIT.cancelWeight * times),
    tradingWeight: Math.floor(LIMIT.tradingWeight * times),
  };
}

/** The part of what a venue allows that is kept for a session's watchdog, so that the one who trades cannot use it up. */
export const WATCHDOG_SHARE = 0.2;

/** What one of the two processes of a session keeps to. */
export function sharedLimit({ clock }: Pick<SessionSettings, "clock">, share: number) {
  return clock === null ? { share } : { share, limit: loopbackLimit(clock.speed) };
}
