// The shape of deno task release load, for a few seconds: figures of speed are for a machine that does nothing else.
import assert from "node:assert/strict";
import { loadRun } from "./load.ts";

Deno.test("every order and execution of a trading process under load is in the journal, and none twice", async () => {
  const { orders, lost, invented, doubled, marketMessagesPerSecond } = await loadRun(20, 5, 0, 6, 4);
  assert.deepEqual({ lost, invented, doubled }, { lost: 0, invented: 0, doubled: 0 });
  assert.ok(
    orders > 30 && marketMessagesPerSecond > 10,
    `${orders} orders, ${marketMessagesPerSecond} messages a second`,
  );
});
