import type { Instrument } from "../market/mod.ts";
import type { TraderConfig } from "./config.ts";

/** What a venue may change of a market while it trades: the steps of its orders and their least size. */
export type Grid = Pick<Instrument, "tick" | "lot" | "minNotional">;

/** A config with the grids that its markets have by now; those without one of their own are as they were. */
export function configOnGrids(config: TraderConfig, grids: readonly (Grid | null)[]): TraderConfig {
  return { ...config, instruments: config.instruments.map((own, number) => ({ ...own, ...grids[number] })) };
}
