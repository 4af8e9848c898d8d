import { InputError } from "../errors/mod.ts";

/** Returns of many strategies over the same periods: one column each, all equally long. */
export type ReturnsMatrix = readonly ArrayLike<number>[];

/**
 * Number of periods of a matrix.
 *
 * @throws {InputError} `returns` when a column is shorter than the first one, or holds something that is no number.
 */
export function periodsOf(returns: ReturnsMatrix): number {
  const rows = returns[0]?.length ?? 0;
  for (const [j, column] of returns.entries()) {
    if (column.length !== rows) {
      throw new InputError(
        "returns",
        `strategy ${j + 1} has ${column.length} returns and the first one ${rows}: give all over the same periods`,
      );
    }
    for (let i = 0; i < rows; i++) {
      if (!Number.isFinite(column[i])) {
        throw new InputError(
          "returns",
          `return ${i + 1} of strategy ${j + 1} is ${column[i]}: leave it out, or mend it`,
        );
      }
    }
  }
  return rows;
}
