import assert from "node:assert/strict";
import fc from "fast-check";
import { type Deed, DEEDS, type Fault, FAULT_NAMES, FAULTS } from "./fault.ts";
import { type FaultPlan, faultPlanSchema, Faults } from "./faults.ts";

const draws = (plan: FaultPlan, deeds: readonly Deed[]) => {
  const faults = new Faults(plan);
  const drawn = deeds.flatMap((deed) => [faults.draw("answer", deed), faults.draw("venue", deed)]);
  return { faults, drawn };
};

Deno.test("the same seed draws the same faults, each only where it acts, and counts them", () =>
  fc.assert(
    fc.property(
      fc.nat(),
      fc.array(fc.constantFrom(...DEEDS), { maxLength: 200 }),
      fc.dictionary(fc.constantFrom(...FAULT_NAMES), fc.double({ min: 0, max: 0.2, noNaN: true })),
      (seed, deeds, shares) => {
        const plan = { seed, shares }, { faults, drawn } = draws(plan, deeds);
        assert.deepEqual(draws(plan, deeds).drawn, drawn);
        const counted = new Map<string, number>();
        drawn.forEach((name, i) => {
          if (name === null) return;
          const own: Fault = FAULTS[name], deed = deeds[i >> 1]!;
          assert.ok(own.acts === (i % 2 === 0 ? "answer" : "venue") && (own.at?.includes(deed) ?? true));
          counted.set(name, (counted.get(name) ?? 0) + 1);
        });
        assert.deepEqual(new Map(faults.fired), counted);
      },
    ),
  ));

Deno.test("a share is how often a fault happens, in the long run", () => {
  const { faults } = draws({ seed: 3, shares: { "lost-response": 0.2, limited: 0.05 } }, Array(10_000).fill("place"));
  assert.ok(Math.abs(faults.fired.get("lost-response")! - 2_000) < 200);
  assert.ok(Math.abs(faults.fired.get("limited")! - 500) < 100);
});

Deno.test("a stated fault happens at its occasion and at no other, beside one that acts elsewhere", () => {
  const scripted = [
    { at: "place", n: 3, fault: "lost-response" },
    { at: "place", n: 3, fault: "halted" },
    { at: "cancel", n: 1, fault: "half-open" },
  ] as const;
  const { drawn } = draws({ scripted: [...scripted] }, ["place", "place", "place", "cancel", "place"]);
  assert.deepEqual(drawn.flatMap((name, i) => name === null ? [] : [[i, name]]), [
    [4, "lost-response"],
    [5, "halted"],
    [6, "half-open"],
  ]);
});

Deno.test("a plan with a fault that does not exist is none", () => {
  assert.equal(faultPlanSchema.safeParse({ shares: { "lost-respons": 0.1 } }).success, false);
  assert.equal(faultPlanSchema.safeParse({ shares: { gap: 1.5 } }).success, false);
});
