import assert from "node:assert/strict";
import fc from "fast-check";
import { allSteps, assertStep, canStep, isTerminal, type OrderState } from "./mod.ts";

const STATES = [...new Set(allSteps().flatMap(({ from, to }) => [from, to]))];

Deno.test("an ended order never changes again", () => {
  for (const state of ["filled", "cancelled", "expired", "refused", "absent"] as OrderState[]) {
    assert.ok(isTerminal(state));
    for (const next of STATES) assert.equal(canStep(state, next), false);
  }
});

Deno.test("an order whose fate is unknown ends by news, by a proof of absence or in quarantine, and is never sent again", () => {
  const next = allSteps().filter(({ from }) => from === "unknown").map(({ to }) => to).sort();
  assert.deepEqual(next, [
    "absent",
    "cancelled",
    "expired",
    "filled",
    "open",
    "partiallyFilled",
    "quarantined",
    "refused",
  ]);
});

Deno.test("nothing reaches the venue without having been recorded", () => {
  const reachable = (from: OrderState, without: OrderState): Set<OrderState> => {
    const seen = new Set<OrderState>([from]);
    for (const state of seen) {
      for (const step of allSteps()) if (step.from === state && step.to !== without) seen.add(step.to);
    }
    return seen;
  };
  assert.equal(reachable("approved", "recorded").has("sending"), false);
});

Deno.test("the states of an order only go forward: no walk of allowed steps visits a state twice", () => {
  fc.assert(
    fc.property(fc.infiniteStream(fc.nat(20)), (picks) => {
      let state: OrderState = "approved";
      const visited: OrderState[] = [];
      for (const pick of picks) {
        const choices = allSteps().filter(({ from }) => from === state);
        if (choices.length === 0) break;
        state = choices[pick % choices.length]!.to;
        assert.equal(visited.includes(state), false, `${state} came twice`);
        visited.push(state);
      }
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("assertStep() throws on a step that is not allowed, and names it", () => {
  assert.throws(() => assertStep("filled", "open"), /from filled to open/);
});
