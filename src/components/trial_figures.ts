// Which figures of trials the pages show, and how they are written.
import type { StudyTrial } from "./engine.ts";
import { number, percent, signedPercent } from "./format.ts";

/** A figure of trials. */
export interface TrialFigure {
  readonly name: string;
  readonly label: string;
  readonly title: string;
  readonly format: (value: number | null) => string;
  readonly coloured?: boolean;
}

export const TRIAL_FIGURES: readonly TrialFigure[] = [
  { name: "sharpe", label: "Sharpe", title: "Daily returns, 365 days", format: (value) => number(value, 2) },
  { name: "totalReturnFraction", label: "Return", title: "Total return", format: signedPercent, coloured: true },
  { name: "cagrFraction", label: "CAGR", title: "Annual return", format: signedPercent, coloured: true },
  { name: "sortino", label: "Sortino", title: "Return over downside deviation", format: (value) => number(value, 2) },
  { name: "calmar", label: "Calmar", title: "CAGR over drawdown", format: (value) => number(value, 2) },
  { name: "maxDrawdownFraction", label: "Drawdown", title: "Maximum drawdown at closes", format: percent },
  { name: "tradeCount", label: "Trades", title: "Closed trades", format: (value) => number(value, 0) },
  { name: "winRateFraction", label: "Win rate", title: "Share of trades that gained", format: percent },
  { name: "profitFactor", label: "Profit factor", title: "Gains over losses", format: (value) => number(value, 2) },
  { name: "feesQuote", label: "Fees", title: "Quote units", format: (value) => number(value, 0) },
];

/** A figure by its name, shown as it is where it has no form of its own. */
export function trialFigure(name: string): TrialFigure {
  const found = TRIAL_FIGURES.find((own) => own.name === name);
  return found ?? { name, label: name, title: name, format: (value) => number(value, 3) };
}

/** The value of a figure; null where the trial does not have it. */
export function valueOf({ metrics }: StudyTrial, name: string): number | null {
  return metrics[name] ?? null;
}
