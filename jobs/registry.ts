// What the program knows by name: put together here, passed on as values.
import { InputError } from "../engine/errors/mod.ts";
import { BUILT_IN_STRATEGIES, type Strategy } from "../engine/strategies/mod.ts";

/** The strategies that commands know by name. */
export const STRATEGIES: readonly Strategy[] = BUILT_IN_STRATEGIES;

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
