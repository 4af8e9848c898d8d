import assert from "node:assert/strict";
import type { ParityCertificate } from "../../engine/live/mod.ts";
import { paritySummary } from "./parity_text.ts";

Deno.test("a summary says how many of the inputs it is about", () => {
  const certificate: ParityCertificate = {
    ...{ orders: [], same: 0, causes: [], withoutEffect: {}, unexplained: [] },
    ...{ sessionPnlQuote: 0, freshPnlQuote: 0, differenceQuote: 0 },
    ...{ groups: 0, lateGroups: 0, inputs: 118, allInputs: 120, runs: 1 },
  };
  assert.match(paritySummary(certificate), /^fresh run from candles alone, 118 of 120 inputs: 0 of 0 orders the same/);
});
