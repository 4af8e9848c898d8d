import assert from "node:assert/strict";
import { clientOrderId } from "../orders/mod.ts";
import type { TimestampMs } from "../time/mod.ts";
import { isOfSession, sessionTag } from "./session_tag.ts";

Deno.test("no session takes another one's orders for its own, whatever their numbers and epochs", () => {
  const tags = Array.from({ length: 1_400 }, (_, number) => sessionTag(number + 1));
  for (const [at, tag] of tags.entries()) {
    const names = [1, 33 * 36 + 3].map((epoch) =>
      clientOrderId(`${tag}${epoch.toString(36)}`, 0, 1_764_000_000_000 as TimestampMs, "entry", 0)
    );
    for (const name of names) {
      assert.deepEqual(tags.flatMap((own, number) => isOfSession(name, own) ? [number] : []), [at]);
    }
  }
});

Deno.test("names are as long as venues take, with the longest numbers that come", () => {
  const tag = sessionTag(Math.floor(Date.UTC(2038, 0, 1) / 1_000));
  assert.ok(clientOrderId(`${tag}zzz`, 999, Date.UTC(2038, 0, 1) as TimestampMs, "entry", 999).length <= 36);
});
