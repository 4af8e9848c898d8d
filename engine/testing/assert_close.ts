// Test support only: comparison of measured or computed figures.
import assert from "node:assert/strict";

/** Fails unless `actual` equals `expected` within a share of it. */
export function assertClose(actual: number | null, expected: number, what: string, relative = 1e-9): void {
  const close = actual !== null && Math.abs(actual - expected) <= relative * Math.max(Math.abs(expected), 1e-12);
  assert.ok(close, `${what}: ${actual} is not ${expected}`);
}
