import assert from "node:assert/strict";
import configuration from "../deno.json" with { type: "json" };
import { serverPrograms, unpackServer } from "../engine/database/mod.ts";

const ROOT = decodeURIComponent(new URL("../", import.meta.url).pathname);

Deno.test("what may start the database server may run its three programs and nothing else, and cannot replace them", async () => {
  const { run, write } = configuration.permissions.database;
  assert.deepEqual(run.map((path) => path.replace("./", ROOT)), serverPrograms(await unpackServer()));
  assert.deepEqual(write.deny, ["./data/postgres"]);
});
