import assert from "node:assert/strict";
import { answeredLine, type ByteSource, Interrupted } from "./typed_line.ts";

function typing(...pieces: string[]): ByteSource {
  return {
    read(into) {
      const piece = pieces.shift();
      if (piece === undefined) return Promise.resolve(null);
      return Promise.resolve(new TextEncoder().encodeInto(piece, into).written);
    },
  };
}

Deno.test("a typed line is what was typed, less what was taken back", async () => {
  assert.equal(await answeredLine(typing("sword", "fish\r")), "swordfish");
  assert.equal(await answeredLine(typing("sworx\x7fd\n")), "sword");
  assert.equal(await answeredLine(typing("é€\x7f\x08x\r")), "x");
  assert.equal(await answeredLine(typing("wrong\x15right\r")), "right");
  assert.equal(await answeredLine(typing("ab", "\x1b[D", "c\t\r")), "abc");
});

Deno.test("lines that were pasted at once are answers to one question after the other", async () => {
  const source = typing("one\r\ntwo\nthr", "ee\r");
  assert.deepEqual([await answeredLine(source), await answeredLine(source), await answeredLine(source)], [
    "one",
    "two",
    "three",
  ]);
});

Deno.test("Ctrl-C ends the question, and so does Ctrl-D or the end before anything was typed", async () => {
  for (const source of [typing("abc\x03"), typing("\x04"), typing()]) {
    await assert.rejects(answeredLine(source), Interrupted);
  }
});
