import { InputError } from "../../errors/mod.ts";
import type { CapacitySettings } from "./capacity.ts";
import type { NamedWindow } from "./crisis_windows.ts";
import { DAY_MS } from "../../time/mod.ts";

/** How a study of robustness differs from the defaults. */
export interface RobustnessSettings extends Partial<CapacitySettings> {
  /**
   * Drawn histories of each kind; 200 unless stated where replays go over columns, else as many as take some seconds. Of
   * trades and entries, which cost nothing, ten times as many are drawn, 1,000 at least.
   */
  readonly samples?: number;
  /** Of everything drawn; 1 unless stated. */
  readonly seed?: number;
  /** Length of the blocks of candles, or their mean: the root of the number of candles unless stated. */
  readonly blockCandles?: number;
  /** Standard deviations of the noise on prices, as shares of the average true range: 0.05, 0.1 and 0.2 unless stated. */
  readonly noiseFractions?: readonly number[];
  /** Probabilities with which an entry is missed: 0.1, 0.25 and 0.5 unless stated. */
  readonly skipFractions?: readonly number[];
  /** Multiples of the run's costs: 0.5, 1, 1.5, 2, 3 and 5 unless stated. */
  readonly costMultiples?: readonly number[];
  /** How much later orders reach the market, beside one bar: 1, 5 and 60 seconds unless stated. */
  readonly delaysMs?: readonly number[];
  /** Falls that are asked about: 0.2, 0.3, 0.5 and 0.7 unless stated. */
  readonly drawdownFractions?: readonly number[];
  /** Share of the starting cash at or below which the account is ruined: 0.5 unless stated. */
  readonly ruinFraction?: number;
  /** Windows to look at in place of the four crises. */
  readonly windows?: readonly NamedWindow[];
}

/** Settings with those that were not stated. */
export type StatedRobustness = Required<Omit<RobustnessSettings, "windows">> & {
  /** Draws of trades and of entries. */
  readonly tradeSamples: number;
};

const COLUMN_SAMPLES = 200, FEWEST_SAMPLES = 20, TRADE_SAMPLES = 1_000, MOST_SAMPLES = 100_000;
/** Candles that are replayed one by one for all drawn histories together, unless more are asked for: some ten seconds. */
const EVENT_ROWS = 5e6;

/**
 * Fills in the defaults.
 *
 * @param lengths Candles of each of the run's markets.
 * @throws {InputError} `robustness` naming the setting that cannot be used.
 */
export function statedRobustness(
  settings: RobustnessSettings,
  lengths: readonly number[],
  path: "columns" | "events",
): StatedRobustness {
  const candles = lengths.reduce((sum, own) => sum + own, 0), longest = Math.max(...lengths);
  const kinds = 2 + (settings.noiseFractions?.length ?? 3) / 4;
  const affordable = Math.floor(EVENT_ROWS / Math.max(1, candles * kinds));
  const usual = path === "columns" ? COLUMN_SAMPLES : Math.min(COLUMN_SAMPLES, Math.max(FEWEST_SAMPLES, affordable));
  const samples = settings.samples ?? usual;
  const stated = {
    samples,
    tradeSamples: Math.max(TRADE_SAMPLES, Math.min(MOST_SAMPLES, 10 * samples)),
    seed: settings.seed ?? 1,
    blockCandles: settings.blockCandles ?? Math.max(1, Math.round(Math.sqrt(longest))),
    noiseFractions: settings.noiseFractions ?? [0.05, 0.1, 0.2],
    skipFractions: settings.skipFractions ?? [0.1, 0.25, 0.5],
    costMultiples: settings.costMultiples ?? [0.5, 1, 1.5, 2, 3, 5],
    delaysMs: settings.delaysMs ?? [1_000, 5_000, 60_000],
    drawdownFractions: settings.drawdownFractions ?? [0.2, 0.3, 0.5, 0.7],
    ruinFraction: settings.ruinFraction ?? 0.5,
    impactCoefficient: settings.impactCoefficient ?? 1,
    participationFraction: settings.participationFraction ?? 0.1,
  };
  check(
    Number.isInteger(samples) && samples >= 1 && samples <= MOST_SAMPLES,
    "samples",
    samples,
    "1 to 100,000, whole",
  );
  const block = stated.blockCandles;
  check(block >= 1 && block <= longest, "blocks", `${block} candles`, `1 to the ${longest} that there are`);
  check(stated.noiseFractions.every((own) => own >= 0 && own <= 10), "noise", stated.noiseFractions, "0 to 10");
  check(stated.skipFractions.every(isShare), "skipped entries", stated.skipFractions, "0 to 1");
  check(
    stated.costMultiples.every((own) => own >= 0 && own <= 100),
    "cost multiples",
    stated.costMultiples,
    "0 to 100",
  );
  check(stated.delaysMs.every((own) => own >= 0 && own < DAY_MS), "delays", stated.delaysMs, "0 ms to a day");
  check(stated.drawdownFractions.every(isShare), "drawdowns", stated.drawdownFractions, "0 to 1");
  check(isShare(stated.ruinFraction), "ruin", stated.ruinFraction, "0 to 1");
  return stated;
}

function isShare(value: number): boolean {
  return value >= 0 && value <= 1;
}

function check(holds: boolean, what: string, value: unknown, range: string): void {
  if (!holds) throw new InputError("robustness", `${what} of ${value} cannot be studied: use ${range}`);
}
