import type { Fill } from "./fill.ts";

/** Number of the fill that undoes an execution which the venue has taken back. */
export function bustIdOf(tradeId: string): string {
  return `${tradeId}-busted`;
}

/** What was executed and stands: without executions that the venue has taken back, and without what undoes them. */
export function standingFills(fills: readonly Fill[]): Fill[] {
  const ids = new Set(fills.map(({ tradeId }) => tradeId)), undone = new Set<string>();
  for (const id of ids) if (ids.has(bustIdOf(id))) undone.add(id).add(bustIdOf(id));
  return fills.filter(({ tradeId }) => !undone.has(tradeId));
}
