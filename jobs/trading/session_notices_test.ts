import assert from "node:assert/strict";
import type { Notice } from "../../engine/notifications/mod.ts";
import { differenceNotice, noticeIn, noticeLine } from "./session_notices.ts";

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

Deno.test("differences of a certificate come as an alarm that says the first of them, and where the rest is", () => {
  const wrong = Array.from({ length: 12 }, (_, i) => `order ${i}`), atMs = Date.UTC(2026, 10, 27) as Notice["atMs"];
  const { severity, title, text } = differenceNotice("main-1", wrong, atMs);
  assert.deepEqual([severity, title], ["alarm", "main-1: 12 differences that nothing explains"]);
  assert.match(text, /^order 0\n[^]*order 9\n\ndeno task certify main-1 says more\.$/);
});
