import assert from "node:assert/strict";
import { fuzzWire } from "./wire_fuzz.ts";
import { WIRE_SHAPES } from "./wire_shapes.ts";

for (const adapter of Object.keys(WIRE_SHAPES)) {
  Deno.test(`of 20,000 mutated answers nothing that is no number comes past the adapter of ${adapter}, and nothing is thrown`, async () => {
    const { accepted, refused, escaped, heapMaxBytes } = await fuzzWire(adapter, 20_000, 20_261_126);
    assert.deepEqual(escaped.slice(0, 3), []);
    assert.ok(accepted > 1_000 && refused > 1_000, `${accepted} taken in, ${refused} turned away`);
    assert.ok(heapMaxBytes < 512 * 2 ** 20, `${heapMaxBytes} bytes of heap`);
  });
}
