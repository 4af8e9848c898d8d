// The one place in the engine that may read the machine's clock: everything else takes a Clock as an argument.
import type { Clock } from "./clock.ts";
import type { TimestampMs } from "./timestamp.ts";

/** The machine's wall clock. */
export const systemClock: Clock = { now: () => Date.now() as TimestampMs };
