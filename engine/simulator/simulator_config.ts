import type { Instrument } from "../market/mod.ts";
import type { Notional } from "../money/mod.ts";
import type { Costs } from "./costs.ts";
import type { FillRules } from "./fill_rules/fill_rules.ts";

/** What a simulated exchange is made of. */
export interface SimulatorConfig {
  readonly instruments: readonly Instrument[];
  readonly cash: Notional;
  readonly leverage: number;
  readonly rules: FillRules;
  readonly costs: Costs;
  /** Of everything random: paths inside candles, latency. */
  readonly seed: number;
}
