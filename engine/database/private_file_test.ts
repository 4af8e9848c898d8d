import assert from "node:assert/strict";
import { replacePrivateFile } from "./private_file.ts";

const MINUTE_MS = 60_000;

Deno.test("a private file is replaced by several at once, and what those have left who died is removed after a while", async () => {
  const folder = await Deno.makeTempDir({ prefix: "private_file_test_" }), path = `${folder}/vault`;
  const names = () => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  const left = (name: string, ageMs: number) => {
    const at = new Date(Date.now() - ageMs);
    Deno.writeTextFileSync(`${folder}/${name}`, "half");
    Deno.utimeSync(`${folder}/${name}`, at, at);
  };
  try {
    const id = crypto.randomUUID();
    left("vault.part", 2 * MINUTE_MS);
    left(`vault.${id}.part`, 2 * MINUTE_MS);
    const kept = [`vault.${id.toUpperCase()}.part`, `vault.${crypto.randomUUID()}.part`, "vault.former"];
    left(kept[0]!, 2 * MINUTE_MS);
    left(kept[1]!, 0);
    left(kept[2]!, 2 * MINUTE_MS);
    await Promise.all(["a", "b", "c"].map((text) => replacePrivateFile(path, text)));
    assert.match(await Deno.readTextFile(path), /^[abc]$/);
    assert.equal((await Deno.stat(path)).mode! & 0o777, 0o600);
    assert.deepEqual(names(), ["vault", ...kept].sort());
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
