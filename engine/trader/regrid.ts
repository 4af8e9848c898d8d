// Steps and least sizes of a market's orders, as its venue has them by now (fault 8).
import type { Instrument } from "../market/mod.ts";
import { formatDecimal, UNIT_DECIMALS } from "../money/mod.ts";
import type { Command } from "./command.ts";
import type { TraderConfig } from "./config.ts";
import { protect } from "./protect.ts";
import type { Trader } from "./trader.ts";

/** What a venue may change of a market while it trades. */
export type Grid = Pick<Instrument, "tick" | "lot" | "minNotional">;

/** Orders of an instrument, by its number, lie on another grid from here on; what protects its positions is put on it. */
export function onRegridded(trader: Trader, number: number, grid: Grid, commands: Command[]): void {
  const { state, config } = trader, { tick, lot, minNotional } = grid;
  const grids = state.grids ??= config.instruments.map(() => null);
  grids[number] = { tick, lot, minNotional };
  trader.config = configOnGrids(config, grids);
  state.version++;
  const steps = `${formatDecimal(tick, UNIT_DECIMALS)} and ${formatDecimal(lot, UNIT_DECIMALS)}`;
  const message = `${
    config.instruments[number]!.symbol
  }: prices and sizes of orders go by steps of ${steps} from now on`;
  commands.push({ kind: "alarm", code: "regridded", message });
  config.books.forEach(({ instrument }, book) => {
    if (instrument === number) protect(trader, book, commands);
  });
}

/** A config with the grids that its markets have by now; those without one of their own are as they were. */
export function configOnGrids(config: TraderConfig, grids: readonly (Grid | null)[]): TraderConfig {
  return { ...config, instruments: config.instruments.map((own, number) => ({ ...own, ...grids[number] })) };
}
