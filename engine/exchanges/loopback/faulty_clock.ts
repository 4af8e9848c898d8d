import type { Clock, TimestampMs } from "../../time/mod.ts";
import type { Faults } from "./faults.ts";

const HOUR_MS = 3_600_000, BEYOND_MS = Date.UTC(2038, 0, 20);

/** The venue's clock, which may jump when it is asked for. */
export class FaultyClock implements Clock {
  #offMs = 0;

  constructor(readonly own: Clock, readonly faults: Faults) {}

  now(): TimestampMs {
    return this.own.now() + this.#offMs as TimestampMs;
  }

  /** The venue's time as a client asks for it. */
  told(): TimestampMs {
    const fault = this.faults.draw("clock", "time");
    if (fault === "clock-jump") this.#offMs = this.#offMs === 0 ? HOUR_MS : 0;
    if (fault === "far-clock") this.#offMs = BEYOND_MS - this.own.now();
    return this.now();
  }
}
