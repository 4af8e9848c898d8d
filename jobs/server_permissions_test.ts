import assert from "node:assert/strict";
import configuration from "../deno.json" with { type: "json" };

Deno.test("what may start the database server cannot replace its programs, and what unpacks them runs nothing", () => {
  const { rights, queue, worker, keys, download } = configuration.permissions;
  for (const { write } of [queue, worker, keys, download]) assert.deepEqual(write.deny, rights.write);
  assert.equal("run" in rights || "net" in rights, false);
});
