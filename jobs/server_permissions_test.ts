import assert from "node:assert/strict";
import configuration from "../deno.json" with { type: "json" };

Deno.test("what may start the database server cannot replace its programs, and what unpacks them runs nothing", () => {
  const { rights, queue, worker, keys, download } = configuration.permissions;
  for (const { write } of [queue, worker, keys, download]) assert.deepEqual(write.deny, rights.write);
  assert.equal("run" in rights || "net" in rights, false);
});

Deno.test("what handles secrets loads no native code, and what reads the keyring writes, runs and reaches nothing", () => {
  const { keys, unlock } = configuration.permissions;
  assert.equal("ffi" in keys, false);
  assert.deepEqual(Object.keys(unlock), ["read", "ffi", "env"]);
});
