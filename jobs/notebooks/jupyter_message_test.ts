import assert from "node:assert/strict";
import { decodeMessage, encodeRequest } from "./jupyter_message.ts";

const header = { id: "1", session: "s", type: "execute_request" };

Deno.test("a message is read when it carries the key's signature, whatever stands before it", () => {
  const parts = encodeRequest("key", header, { code: "1 + 1" });
  const routed = [new TextEncoder().encode("address"), ...parts];
  assert.deepEqual(decodeMessage("key", routed), {
    type: "execute_request",
    about: undefined,
    content: { code: "1 + 1" },
  });
});

Deno.test("a message of another key, or one that was changed, is refused", () => {
  const parts = encodeRequest("key", header, { code: "1 + 1" });
  assert.throws(() => decodeMessage("other", parts), /not signed with the kernel's key/);
  const changed = parts.with(-1, new TextEncoder().encode(`{"code":"2 + 2"}`));
  assert.throws(() => decodeMessage("key", changed), /not signed with the kernel's key/);
  assert.throws(() => decodeMessage("key", parts.with(1, new Uint8Array(0))), /not signed with the kernel's key/);
  assert.throws(() => decodeMessage("key", [Uint8Array.of(1)]), /no message of a Jupyter kernel/);
});
