import assert from "node:assert/strict";
import fc from "fast-check";
import { isCodedError } from "../../errors/mod.ts";
import { quantity } from "../../money/mod.ts";
import { guardOrderId } from "../../orders/mod.ts";
import { intent } from "../../testing/journal_suite.ts";
import type { TimestampMs } from "../../time/mod.ts";
import { EMPTY_SPOOL, keptLines, readSpool, type SpoolLine, unadopted, uncounted, writeLine } from "./spool.ts";

const AT_MS = 1_000 as TimestampMs;
const order = (n: number) => intent(n, { clientOrderId: guardOrderId("s12", 0, AT_MS, n), slot: "close" });
const LINES: readonly SpoolLine[] = [
  { kind: "session", session: { id: "main-1", account: "main", mode: "live", settings: { tag: "s1" } } },
  { kind: "mode", maySell: false },
  { kind: "approved", positions: [], epoch: 2, version: 7, atMs: AT_MS, untilMs: 9_000 as TimestampMs },
  { kind: "began", books: [0, 1], reason: "nobody leads", atMs: AT_MS },
  { kind: "order", order: order(0) },
  { kind: "outcome", name: order(0).clientOrderId, filled: quantity("1.5") },
  { kind: "order", order: order(1) },
  { kind: "closed", book: 1, result: "flat", atMs: AT_MS },
  { kind: "adopted", names: [order(0).clientOrderId] },
];
const TEXT = LINES.map(writeLine).join("");

Deno.test("a spool says what was begun, what was sent, what is known of it, and what the journal has", () => {
  const { state, length } = readSpool(TEXT, "test");
  assert.equal(length, TEXT.length);
  assert.deepEqual([...state.closing], [[0, "nobody leads"]]);
  assert.deepEqual(
    [...state.orders.values()].map(({ name, state, filled, isAdopted }) => [name, state, filled, isAdopted]),
    [
      [order(0).clientOrderId, "ended", quantity("1.5"), true],
      [order(1).clientOrderId, "unknown", 0n, false],
    ],
  );
  assert.deepEqual(unadopted(state).map(({ name }) => name), [order(1).clientOrderId]);
  // What was adopted after positions were approved is not in what they hold: it counts until others are approved.
  assert.equal(uncounted(state).length, 2);
  assert.deepEqual(uncounted(readSpool(TEXT + writeLine(LINES[2]!), "test").state).map(({ name }) => name), [
    order(1).clientOrderId,
  ]);
  assert.deepEqual(state.orders.get(order(1).clientOrderId)!.order, order(1));
  assert.equal(state.session?.account, "main");
  assert.equal(state.maySell, false, "a lowered mode holds where the database cannot say it again");
  assert.deepEqual(keptLines(state), LINES.slice(0, 3));
  assert.deepEqual(keptLines(readSpool(TEXT + writeLine({ kind: "mode", maySell: true }), "test").state).length, 2);
  assert.deepEqual(readSpool("", "test"), { state: EMPTY_SPOOL, length: 0 });
});

Deno.test("wherever writing is cut off, all whole lines before are read, and the rest is left out", () => {
  for (let cut = 0; cut <= TEXT.length; cut++) {
    const whole = TEXT.slice(0, TEXT.slice(0, cut).lastIndexOf("\n") + 1), read = readSpool(TEXT.slice(0, cut), "test");
    assert.equal(read.length, whole.length);
    assert.deepEqual(read.state, readSpool(whole, "test").state);
  }
});

Deno.test("any other damage stops it, and says where", () => {
  const isRefused = (text: string) =>
    assert.throws(
      () => readSpool(text, "x.spool"),
      (error: Error) =>
        isCodedError(error) && error.code === "watchdog-spool" &&
        /^line \d+ of x\.spool is not what was written/.test(error.message),
    );
  fc.assert(fc.property(fc.nat(TEXT.length - 2), fc.integer({ min: 33, max: 126 }), (at, code) => {
    const letter = String.fromCharCode(code);
    if (TEXT[at] !== letter && TEXT[at] !== "\n") isRefused(TEXT.slice(0, at) + letter + TEXT.slice(at + 1));
  }));
  const lines = TEXT.split("\n");
  isRefused(`${lines[0]!.slice(0, 30)}\n${lines[1]}\n`);
  isRefused(`\n${TEXT}`);
});
