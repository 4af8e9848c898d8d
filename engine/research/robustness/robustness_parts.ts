import type { Figure } from "../../metrics/mod.ts";
import type { Capacity } from "./capacity.ts";
import type { CostStress } from "./cost_stress.ts";
import type { CrisisWindows } from "./crisis_windows.ts";
import type { Distribution } from "./distribution.ts";
import type { EntryPermutation } from "./entry_permutation.ts";
import type { Evidence } from "./evidence.ts";
import type { HeldFigures } from "./held_market.ts";
import type { LateDecisions } from "./late_decisions.ts";
import type { Part } from "./part.ts";
import type { ProfitSources } from "./profit_sources.ts";
import type { ReplayFigures } from "./replayer.ts";
import type { StatedRobustness } from "./robustness_settings.ts";
import type { SkippedTrades } from "./skipped_trades.ts";
import type { TradeOrder } from "./trade_order.ts";

/** Histories that were drawn, and what the strategy made of them. */
export interface DrawnHistories {
  readonly samples: number;
  readonly totalReturn: Distribution;
  readonly sharpe: Distribution;
  readonly maxDrawdown: Distribution;
  /** Share of histories in which it made money, and in which it returned more than holding. */
  readonly profitableFraction: Figure;
  readonly beatsHoldingFraction: Figure;
}

/** Noise of one size. */
export interface NoisyPrices extends DrawnHistories {
  readonly rangeFraction: number;
}

/** What a study of robustness found: figures, without a verdict on them. */
export interface RobustnessParts {
  readonly run: {
    readonly hash: string;
    readonly strategy: string;
    readonly params: Readonly<Record<string, unknown>>;
    readonly markets: readonly string[];
    readonly timeframe: string;
    /** First and last close. */
    readonly fromMs: number;
    readonly toMs: number;
    readonly cashQuote: number;
    readonly engineVersion: string;
  };
  readonly settings: StatedRobustness;
  /** How replays were made, and why not over columns where that is so. */
  readonly path: "columns" | "events";
  readonly why: string | null;
  /** Runs that were made for this study; they are no trials, as nothing was chosen among them. */
  readonly replays: number;
  readonly interrupted: boolean;
  readonly actual: ReplayFigures;
  readonly held: HeldFigures;
  readonly tradeOrder: Part<TradeOrder>;
  readonly skipped: Part<{ readonly levels: readonly SkippedTrades[] }>;
  readonly bootstrap: { readonly [kind in "movingBlock" | "stationary"]: Part<DrawnHistories> };
  readonly noise: Part<{ readonly levels: readonly NoisyPrices[] }>;
  readonly costs: Part<CostStress>;
  readonly late: Part<{ readonly delays: readonly LateDecisions[] }>;
  readonly crisis: CrisisWindows;
  readonly capacity: Part<Capacity>;
  readonly entries: Part<EntryPermutation>;
  readonly sources: Part<ProfitSources>;
  readonly evidence: Evidence;
  /** What holding returned a year in the time of the last walk; null where the run does not cover it. */
  readonly heldInWalkFraction: Figure;
}
