import assert from "node:assert/strict";
import { InputError } from "../../engine/errors/mod.ts";
import { readWalk, seededWalk } from "./walk.ts";

Deno.test("the seeded walk is a valid series of minutes, the same each time", () => {
  const walk = seededWalk(7, 1000), again = seededWalk(7, 1000);
  assert.deepEqual(walk, again);
  assert.notDeepEqual(walk.close, seededWalk(8, 1000).close);
  for (let i = 0; i < walk.length; i++) {
    assert(
      walk.low[i] <= Math.min(walk.open[i], walk.close[i]) && walk.high[i] >= Math.max(walk.open[i], walk.close[i]),
    );
    assert(i === 0 || (walk.open[i] === walk.close[i - 1] && walk.openTimeMs[i] - walk.openTimeMs[i - 1] === 60_000));
  }
});

Deno.test("a walk is read from numpy's file, and another file is refused by name", async () => {
  const path = await Deno.makeTempFile({ suffix: ".npy" });
  try {
    const rows = Array.from({ length: 6 }, (_, row) => [row + 0.5, row + 0.25]).flat();
    const header = "\x93NUMPY\x01\x00v\x00{'descr': '<f8', 'fortran_order': False, 'shape': (6, 2), }".padEnd(127) +
      "\n";
    const bytes = new Uint8Array(128 + rows.length * 8);
    bytes.set(Uint8Array.from(header, (letter) => letter.charCodeAt(0)));
    bytes.set(new Uint8Array(Float64Array.from(rows).buffer), 128);
    await Deno.writeFile(path, bytes);
    const walk = await readWalk(path);
    assert.deepEqual([walk.length, [...walk.openTimeMs], [...walk.volume]], [2, [0.5, 0.25], [5.5, 5.25]]);
    await Deno.writeFile(path, bytes.subarray(0, 200));
    await assert.rejects(() => readWalk(path), InputError);
  } finally {
    await Deno.remove(path);
  }
});
