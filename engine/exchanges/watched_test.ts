import assert from "node:assert/strict";
import { watched } from "./watched.ts";

Deno.test("what a stream has brought is not kept for as long as it is listened to", async () => {
  const frames: WeakRef<Uint8Array>[] = [], end = new AbortController();
  const next = async () => {
    await new Promise((resolve) => setTimeout(resolve)); // a turn of its own: only then are weak ones let go
    const frame = new Uint8Array(1 << 20);
    frames.push(new WeakRef(frame));
    return frame;
  };
  for await (const _ of watched(next, end.signal, () => {})) if (frames.length === 400) end.abort();
  const kept = frames.filter((frame) => frame.deref() !== undefined).length;
  assert.ok(kept < 300, `${kept} of ${frames.length} frames are kept`);
});

Deno.test("a stream ends at once when it is stopped while nothing comes, and what comes then is nobody's", async () => {
  const end = new AbortController(), coming = Promise.withResolvers<number>(), rows: number[] = [];
  setTimeout(() => end.abort(), 20);
  for await (const row of watched(() => coming.promise, end.signal, () => {})) rows.push(row);
  coming.reject(new Error("too late"));
  await new Promise((resolve) => setTimeout(resolve));
  assert.deepEqual(rows, []);
});
