import assert from "node:assert/strict";
import { programOn } from "../testing/program.ts";

Deno.test("a plan of faults that names none, or cannot be read, is refused with what is wrong in it", async () => {
  await Deno.mkdir("data", { recursive: true });
  const folder = await Deno.makeTempDir({ dir: "data", prefix: "exchange_test_" }), file = `${folder}/faults.json`;
  const program = programOn(folder);
  try {
    for (
      const [text, what] of [
        ['{"shares":{"lost-respons":0.1}}', /no plan of faults[^]*lost-respons/],
        ['{"shares":{"gap":7}}', /no plan of faults[^]*gap/],
        ["{", /no plan of faults/],
      ] as const
    ) {
      await Deno.writeTextFile(file, text);
      const { code, stderr } = await program("exchange", "--port", "0", "--faults", file);
      assert.equal(code, 1, stderr);
      assert.match(stderr, what);
    }
    const { code, stderr } = await program("exchange", "--port", "0", "--faults", `${folder}/none.json`);
    assert.equal(code, 1, stderr);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
