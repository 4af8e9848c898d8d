import type { EquityCurve } from "../portfolio/mod.ts";
import { type Figure, figure, ratio } from "./figure.ts";

/** How much was in the market; fractions of the equity over the closes with equity left. */
export interface Exposure {
  /** Closes with a position ÷ all closes. */
  readonly timeFraction: Figure;
  /** Mean and largest gross exposure, Σ |position × close| ÷ equity. */
  readonly averageFraction: Figure;
  readonly maxFraction: Figure;
  /** Mean of Σ position × close ÷ equity: long less short. */
  readonly averageNetFraction: Figure;
  /** Means of the long and of the short part, both 0 or more: gross is their sum, net their difference. */
  readonly averageLongFraction: Figure;
  readonly averageShortFraction: Figure;
}

/** Exposure over all closes of a run; nulls of a run without any. */
export function exposureOf({ equity, grossExposure, netExposure }: EquityCurve): Exposure {
  let invested = 0, solvent = 0, gross = 0, net = 0, most = 0;
  for (let i = 0; i < equity.length; i++) {
    if (grossExposure[i]! > 0) invested++;
    if (!(equity[i]! > 0)) continue;
    const share = grossExposure[i]! / equity[i]!;
    solvent++;
    gross += share;
    net += netExposure[i]! / equity[i]!;
    if (share > most) most = share;
  }
  return {
    timeFraction: ratio(invested, equity.length),
    averageFraction: ratio(gross, solvent),
    maxFraction: solvent === 0 ? null : figure(most),
    averageNetFraction: ratio(net, solvent),
    averageLongFraction: ratio((gross + net) / 2, solvent),
    averageShortFraction: ratio((gross - net) / 2, solvent),
  };
}
