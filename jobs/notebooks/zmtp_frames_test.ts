import assert from "node:assert/strict";
import fc from "fast-check";
import { CodedError } from "../../engine/errors/mod.ts";
import { encodeFrame, encodeMessage, FrameReader, joined } from "./zmtp_frames.ts";

/** The bytes as a connection might deliver them, cut at these places. */
async function* cut(
  bytes: Uint8Array<ArrayBuffer>,
  places: readonly number[],
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const ends = [...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  let at = 0;
  for (const end of ends) {
    yield bytes.subarray(at, end);
    at = end;
  }
}

const body = fc.uint8Array({ maxLength: 600 }).map((bytes) => Uint8Array.from(bytes));
const places = fc.array(fc.nat(), { maxLength: 12 });

Deno.test("messages come out as they went in, however the bytes are cut into pieces", async () => {
  const messages = fc.array(fc.array(body, { minLength: 1, maxLength: 4 }), { maxLength: 5 });
  await fc.assert(fc.asyncProperty(messages, places, async (sent, at) => {
    const reader = new FrameReader(cut(joined(sent.map(encodeMessage)), at));
    const received = [];
    for (let parts = await reader.message(); parts !== undefined; parts = await reader.message()) received.push(parts);
    assert.deepEqual(received, sent);
  }));
});

Deno.test("a frame keeps its kind and length, also beyond 255 bytes", async () => {
  await fc.assert(fc.asyncProperty(body, fc.boolean(), fc.boolean(), places, async (bytes, command, more, at) => {
    const frame = { command, more, body: bytes };
    assert.deepEqual(await new FrameReader(cut(encodeFrame(frame), at)).frame(), frame);
  }));
});

Deno.test("commands between messages are passed over", async () => {
  const command = encodeFrame({ command: true, more: false, body: Uint8Array.of(4, 80, 73, 78, 71) });
  const message = [Uint8Array.of(1), Uint8Array.of(2, 3)];
  assert.deepEqual(await new FrameReader(cut(joined([command, encodeMessage(message)]), [])).message(), message);
});

Deno.test("a stream that ends inside a message has ended", async () => {
  const whole = encodeMessage([Uint8Array.of(1, 2, 3), new Uint8Array(300)]);
  for (const length of [0, 1, 2, 4, 5, 6, 13, 20, whole.length - 1]) {
    assert.equal(await new FrameReader(cut(whole.subarray(0, length), [])).message(), undefined, `${length} bytes`);
  }
});

Deno.test("bytes of another protocol are refused instead of waited for", async () => {
  const text = new TextEncoder().encode("HTTP/1.1 400 Bad Request\r\n");
  await assert.rejects(new FrameReader(cut(text, [])).frame(), CodedError);
});
