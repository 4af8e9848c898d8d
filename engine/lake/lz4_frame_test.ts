import assert from "node:assert/strict";
import fc from "fast-check";
import { lz4Content } from "./lz4_frame.ts";

/** A frame of one block that repeats what it can, by the format's own words: the last five bytes stand as they are. */
function packed(content: Uint8Array): Uint8Array {
  const block: number[] = [], seen = new Map<string, number>();
  const lengthRest = (length: number) => {
    for (let rest = length - 15; rest >= 0; rest -= 255) block.push(Math.min(rest, 255));
  };
  let literal = 0;
  const row = (end: number, back: number, repeated: number) => {
    const literals = end - literal;
    block.push(Math.min(literals, 15) << 4 | (repeated === 0 ? 0 : Math.min(repeated - 4, 15)));
    if (literals >= 15) lengthRest(literals);
    block.push(...content.subarray(literal, end));
    if (repeated === 0) return;
    block.push(back & 255, back >> 8);
    if (repeated - 4 >= 15) lengthRest(repeated - 4);
    literal = end + repeated;
  };
  for (let at = 0; at + 12 < content.length;) {
    const key = content.subarray(at, at + 4).join(), before = seen.get(key);
    seen.set(key, at);
    let repeated = 0;
    if (before !== undefined) {
      while (at + repeated < content.length - 5 && content[before + repeated] === content[at + repeated]) repeated++;
    }
    if (repeated < 4) at++;
    else {
      row(at, at - before!, repeated);
      at += repeated;
    }
  }
  row(content.length, 0, 0);
  const frame = new Uint8Array(7 + 4 + block.length + 4), view = new DataView(frame.buffer);
  view.setUint32(0, 0x184d2204, true);
  frame.set([0x40, 0x40, 0], 4);
  view.setUint32(7, block.length, true);
  frame.set(block, 11);
  return frame;
}

/** Texts that repeat themselves, at once and later, for short and for long. */
const content = fc.array(fc.tuple(fc.uint8Array({ maxLength: 20 }), fc.integer({ min: 1, max: 60 })), { maxLength: 8 })
  .map((parts) => Uint8Array.from(parts.flatMap(([part, times]) => Array<number[]>(times).fill([...part]).flat())));

Deno.test("whatever is packed into an LZ4 frame comes out of it again (10,000 contents)", () => {
  let repeated = 0;
  fc.assert(
    fc.property(content, (bytes) => {
      const frame = packed(bytes);
      if (frame.length < bytes.length) repeated++;
      assert.deepEqual(lz4Content(frame, 1 << 20), bytes);
    }),
    { numRuns: 10_000 },
  );
  assert.ok(repeated > 1_000, `${repeated} contents repeated themselves`);
});

Deno.test("a frame that was changed or cut off gives bytes or a RangeError, within its limit (20,000 frames)", () => {
  let refused = 0;
  fc.assert(
    fc.property(content, fc.nat(), fc.nat(255), fc.boolean(), (bytes, place, value, isCut) => {
      const frame = packed(bytes), at = place % frame.length;
      const other = isCut ? frame.subarray(0, at) : frame.with(at, value);
      try {
        assert.ok(lz4Content(other, 5_000).length <= 5_000);
      } catch (error) {
        assert.ok(error instanceof RangeError, String(error));
        refused++;
      }
    }),
    { numRuns: 20_000 },
  );
  assert.ok(refused > 1_000, `${refused} frames were refused`);
});
