// What the program knows by name: put together here, passed on as values.
import { InputError } from "../engine/errors/mod.ts";
import {
  bollingerBreakout,
  buyAndHold,
  donchianBreakout,
  macdTrend,
  rsiReversion,
  smaCross,
  type Strategy,
} from "../engine/strategies/mod.ts";

/** The built-in strategies; buy-and-hold is what the others are measured against. */
export const STRATEGIES: readonly Strategy[] = [
  smaCross,
  rsiReversion,
  macdTrend,
  bollingerBreakout,
  donchianBreakout,
  buyAndHold,
] as readonly Strategy[];

/**
 * The strategy of an id.
 *
 * @throws {InputError} `strategy` listing what there is.
 */
export function findStrategy(id: string): Strategy {
  const found = STRATEGIES.find((strategy) => strategy.id === id);
  if (found) return found;
  throw new InputError("strategy", `there is no strategy "${id}": there are ${STRATEGIES.map((s) => s.id).join(", ")}`);
}
