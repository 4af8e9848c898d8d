import assert from "node:assert/strict";
import { runNames } from "./run_names.ts";

Deno.test("runs of one name are told apart by their hashes, and others keep theirs", () => {
  const name = "sma-cross · BTC/USD · 1h",
    runs = [
      { name, hash: "0123456789" },
      { name: "other", hash: "0123456789" },
      { name, hash: "abcdefabcd" },
    ];
  assert.deepEqual(runNames(runs), [`${name} · 0123456`, "other", `${name} · abcdefa`]);
});
