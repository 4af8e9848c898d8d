import { type Figure, normalQuantile, probabilisticSharpe, type SharpeSample } from "../metrics/mod.ts";

/** The Euler–Mascheroni constant. */
const EULER = 0.5772156649015329;
/** 1 ÷ e. */
const INVERSE_E = 0.36787944117144233;

/**
 * Mean of the largest of `trials` independent standard normal variables, nearly: (1 − γ) Φ⁻¹(1 − 1 ÷ N) +
 * γ Φ⁻¹(1 − 1 ÷ (N e)), by Bailey, Borwein, López de Prado and Zhu (2014). 0 of one trial: nothing was chosen.
 */
export function expectedMaximumZ(trials: number): number {
  if (!(trials > 1)) return 0;
  // The quantiles of the lower tail, which stay exact for any number of trials.
  return -(1 - EULER) * normalQuantile(1 / trials) - EULER * normalQuantile(INVERSE_E / trials);
}

/**
 * The Sharpe ratio that the best of so many trials has by luck alone, where none has any skill.
 *
 * @param variance Of the trials' Sharpe ratios (ddof 1), for the same period as the result.
 */
export function expectedMaximumSharpe(trials: number, variance: number): number {
  return Math.sqrt(variance) * expectedMaximumZ(trials);
}

/**
 * Deflated Sharpe ratio (Bailey and López de Prado, 2014): the probability that the true Sharpe ratio exceeds what luck
 * gives the best of all trials. Null of fewer than 2 returns.
 *
 * @param variance As in {@linkcode expectedMaximumSharpe}.
 */
export function deflatedSharpe(sample: SharpeSample, trials: number, variance: number): Figure {
  return probabilisticSharpe(sample, expectedMaximumSharpe(trials, variance));
}

/**
 * Standard error of an estimated Sharpe ratio whose returns need not be normal (Mertens 2002), for the same period. Null
 * of fewer than 2 returns.
 */
export function sharpeStandardError(sample: SharpeSample): Figure {
  const spread = sharpeSpread(sample);
  return sample.count < 2 || spread === null ? null : Math.sqrt(spread / (sample.count - 1));
}

/**
 * Minimum track record length: how many returns of this shape are needed to say with `confidence` that the true Sharpe
 * ratio exceeds `benchmark` (Bailey and López de Prado, 2012). Null where the ratio itself does not exceed it.
 */
export function minimumTrackRecord(sample: Omit<SharpeSample, "count">, benchmark = 0, confidence = 0.95): Figure {
  const spread = sharpeSpread(sample);
  if (!(sample.sharpe > benchmark) || spread === null) return null;
  const ratio = normalQuantile(confidence) / (sample.sharpe - benchmark);
  return 1 + spread * ratio * ratio;
}

/**
 * Minimum backtest length in years: in less, the best of so many trials without skill is expected to have this Sharpe
 * ratio a year (Bailey, Borwein, López de Prado and Zhu, 2014). Null of a ratio that is not above 0.
 */
export function minimumBacktestYears(trials: number, sharpeAnnual: number): Figure {
  const ratio = expectedMaximumZ(trials) / sharpeAnnual;
  return sharpeAnnual > 0 ? ratio * ratio : null;
}

/** 1 − γ₃ s + (γ₄ − 1) ÷ 4 × s²; null where no returns have such moments. */
function sharpeSpread({ sharpe, skewness, kurtosis }: Omit<SharpeSample, "count">): Figure {
  const spread = 1 - skewness * sharpe + (kurtosis - 1) / 4 * sharpe * sharpe;
  return spread > 0 ? spread : null;
}
