import type { RiskRule } from "../risk/mod.ts";
import type { CostFunctions } from "../simulator/mod.ts";

/** Functions of a user's own that a spec names and cannot hold: whoever repeats the run passes them again. */
export interface RunFunctions extends CostFunctions {
  /** Those that the spec names in `rules`, in that order. */
  readonly rules?: readonly RiskRule[];
}
