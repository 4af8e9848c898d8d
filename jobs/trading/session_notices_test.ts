import assert from "node:assert/strict";
import type { Notice } from "../../engine/notifications/mod.ts";
import { noticeIn, noticeLine } from "./session_notices.ts";

Deno.test("a notice goes through a line of text, and no other line is one", () => {
  const notice = {
    ...{
      severity: "alarm",
      kind: "session-halted",
      title: "main: trading is halted",
      text: "two\nlines",
      subject: "main",
    },
    atMs: Date.UTC(2026, 10, 27),
  } as Notice;
  const line = noticeLine(notice);
  assert.doesNotMatch(line, /\n/);
  assert.deepEqual(noticeIn(line), notice);
  for (const other of ["", "bought 1 of BTC", "notice: {", 'notice: {"severity":"loud"}', ` ${line}`]) {
    assert.equal(noticeIn(other), null);
  }
});
