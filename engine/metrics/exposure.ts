import type { EquityCurve } from "../portfolio/mod.ts";
import { type Figure, figure, ratio } from "./figure.ts";

/** How much was in the market. */
export interface Exposure {
  /** Closes with a position ÷ all closes. */
  readonly timeFraction: Figure;
  /** Mean and largest Σ |position × close| ÷ equity, over the closes with equity left. */
  readonly averageFraction: Figure;
  readonly maxFraction: Figure;
}

/** Exposure over all closes of a run; nulls of a run without any. */
export function exposureOf({ equity, grossExposure }: EquityCurve): Exposure {
  let invested = 0, solvent = 0, total = 0, most = 0;
  for (let i = 0; i < equity.length; i++) {
    if (grossExposure[i]! > 0) invested++;
    if (!(equity[i]! > 0)) continue;
    const share = grossExposure[i]! / equity[i]!;
    solvent++;
    total += share;
    if (share > most) most = share;
  }
  return {
    timeFraction: ratio(invested, equity.length),
    averageFraction: ratio(total, solvent),
    maxFraction: solvent === 0 ? null : figure(most),
  };
}
