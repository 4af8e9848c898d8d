import assert from "node:assert/strict";
import fc from "fast-check";
import { type PlainRules, plainRules } from "../backtest/mod.ts";
import { applyKernel, close, type Kernel, type Series, shift } from "../series/mod.ts";
import { randomRules, ruleRecipes } from "../testing/random_rules.ts";
import { knownKernels } from "./known_kernels.ts";
import { receivedRules, TrialsWriter } from "./trial_message.ts";

const kernels = knownKernels();

Deno.test("rules are the same once they have been sent, node by node, over 500 random grids", () => {
  const property = fc.property(ruleRecipes, (recipe) => {
    const rules = randomRules(recipe).strategies.map((strategy) => plainRules(strategy) as PlainRules);
    const writer = new TrialsWriter(kernels);
    for (const own of rules) assert.ok(writer.add(own));
    const received = receivedRules(structuredClone(writer.sent()), kernels);
    assert.deepEqual(received, rules);
    // Equal expressions are one object, on either side.
    received.forEach(({ enter }, i) => enter.forEach(({ when }, k) => assert.ok(when === rules[i]!.enter[k]!.when)));
  });
  fc.assert(property, { numRuns: 500 });
});

Deno.test("rules with a kernel that a thread does not know are left out, and those around them are sent", () => {
  const own: Kernel = { ...(shift(close, 1).operation as { kernel: Kernel }).kernel, name: "own" };
  const entering = (when: Series): PlainRules => ({
    enter: [{ when, reason: "enter" }],
    exit: [],
    enterShort: [],
    exitShort: [],
    stop: null,
    target: null,
  });
  const all = [close.gt(1), applyKernel(own, [close], [1])[0]!.gt(close), close.lt(2)].map(entering);
  const writer = new TrialsWriter(kernels);
  assert.deepEqual(all.map((rules) => writer.add(rules)), [true, false, true]);
  assert.deepEqual(receivedRules(structuredClone(writer.sent()), kernels), [all[0], all[2]]);
  assert.equal(writer.add({ ...all[0]!, stop: applyKernel(own, [close], [1])[0]! }), false, "nor in a stop");
});
