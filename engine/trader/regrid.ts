// Steps and least sizes of a market's orders, as its venue has them by now (fault 8).
import { formatDecimal, UNIT_DECIMALS } from "../money/mod.ts";
import type { Command } from "./command.ts";
import { configOnGrids, type Grid } from "./grid.ts";
import { protect } from "./protect.ts";
import type { Trader } from "./trader.ts";

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
