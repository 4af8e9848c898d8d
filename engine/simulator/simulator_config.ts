import type { Instrument, Listing } from "../market/mod.ts";
import type { Notional } from "../money/mod.ts";
import type { Costs } from "./costs.ts";
import type { FillRules } from "./fill_rules/fill_rules.ts";
import type { InstrumentFeed, PositionRules } from "./position_rules.ts";

/** What a simulated exchange is made of. */
export interface SimulatorConfig {
  readonly instruments: readonly Instrument[];
  readonly cash: Notional;
  readonly leverage: number;
  readonly rules: FillRules;
  readonly costs: Costs;
  /** How positions are held; netted, on shared margin and never liquidated without it. */
  readonly positions?: PositionRules;
  /** Funding and mark prices by instrument number, where there are any. */
  readonly feeds?: readonly InstrumentFeed[];
  /** The life of each market, by instrument; null, or none at all, where it is not known to end. */
  readonly listings?: readonly (Listing | null)[];
  /** Of everything random: paths inside candles, latency. */
  readonly seed: number;
}
