import assert from "node:assert/strict";
import fc from "fast-check";
import { ChainAudit, chainLine, chainRow, type ChainTip, EMPTY_CHAIN, identityOf, isIntact } from "./mod.ts";

/** A chain of these values, with the tip after each row. */
function chainOf(values: readonly unknown[]): { lines: string[]; tips: ChainTip[] } {
  const lines: string[] = [], tips: ChainTip[] = [];
  for (const value of values) {
    const { line, tip } = chainLine(tips.at(-1) ?? EMPTY_CHAIN, value);
    lines.push(line);
    tips.push(tip);
  }
  return { lines, tips };
}

function audited(lines: readonly string[], kept?: ChainTip) {
  const audit = new ChainAudit(kept);
  const values = lines.map((line) => audit.take(line));
  return { ...audit.finish(), values };
}

/** Kind and row of each fault. */
const named = (lines: readonly string[], kept?: ChainTip) =>
  audited(lines, kept).faults.map(({ kind, sequence }) => `${kind} ${sequence}`);

const { lines: six, tips } = chainOf(["a", "b", "c", "d", "e", "f"]);

Deno.test("a row's hash is the identity of the row without it, and each row names the one before", () => {
  const [first, second] = six.map((line) => chainRow(line)!);
  assert.equal(first!.previous, "0".repeat(64));
  assert.equal(second!.previous, first!.hash);
  assert.equal(second!.hash, identityOf({ previous: second!.previous, sequence: 2, value: "b" }));
  assert.ok(six.every((line) => isIntact(line)));
});

Deno.test("a chain as it was written has no faults and gives its values back, over 2,000 chains", () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue(), { maxLength: 20 }), (values) => {
      const { lines, tips } = chainOf(values), found = audited(lines, tips.at(-1));
      assert.deepEqual(found.values, JSON.parse(JSON.stringify(values)));
      assert.deepEqual(found.faults, []);
      assert.deepEqual(found.tip, tips.at(-1) ?? EMPTY_CHAIN);
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("an edited row is named, wherever the edit is", () => {
  assert.deepEqual(named(six.with(2, six[2]!.replace('"c"', '"C"'))), ["edited 3"]);
  assert.deepEqual(named(six.with(2, six[2]!.replace('"c"', '"c" '))), ["edited 3"]);
  assert.deepEqual(named(six.with(2, six[2]!.replace('"sequence":3', '"sequence":9'))), ["edited 3"]);
  assert.deepEqual(named(six.with(5, six[5]!.replace('"f"', '"F"')), tips[5]), ["edited 6"]);
});

Deno.test("a row that was replaced by one with a right hash is found by the row after it, the last one by its memory", () => {
  const forged = chainLine(tips[1]!, "C").line, forgedLast = chainLine(tips[4]!, "F").line;
  assert.deepEqual(named(six.with(2, forged)), ["edited 3"]);
  assert.deepEqual(named(six.with(5, forgedLast)), []);
  assert.deepEqual(named(six.with(5, forgedLast), tips[5]), ["edited 6"]);
});

Deno.test("deleted rows are named: one, several, the first, and the last beside what was remembered", () => {
  assert.deepEqual(named(six.toSpliced(2, 1)), ["deleted 3"]);
  assert.match(audited(six.toSpliced(1, 3)).faults[0]!.message, /^before line 2, rows 2 to 4 are missing/);
  assert.deepEqual(named(six.toSpliced(0, 1)), ["deleted 1"]);
  assert.deepEqual(named(six.slice(0, 4)), []);
  assert.deepEqual(named(six.slice(0, 4), tips[5]), ["deleted 5"]);
  assert.deepEqual(named([], tips[5]), ["deleted 1"]);
});

Deno.test("rows that were moved, repeated or brought from elsewhere are named", () => {
  const [a, b, c, d, e, f] = six as [string, string, string, string, string, string];
  assert.deepEqual(named([a, b, d, c, e, f], tips[5]), ["reordered 3"]);
  assert.deepEqual(named([f, a, b, c, d, e]), [
    "reordered 1",
    "reordered 2",
    "reordered 3",
    "reordered 4",
    "reordered 5",
  ]);
  assert.deepEqual(named([a, b, c, c, d, e, f]), ["repeated 3"]);
  assert.deepEqual(named([a, b, "not a row", c, d, e, f]), ["foreign 3"]);
  assert.deepEqual(named([a, b, JSON.stringify({ value: 1 }), c, d, e, f]), ["foreign 3"]);
  assert.deepEqual(named([chainLine(tips[5]!, "x").line]), ["deleted 1"]);
});

Deno.test("any one change of a chain is found, over 10,000 changes", () => {
  const chain = chainOf(Array.from({ length: 8 }, (_, i) => ({ trial: i, text: `value ${i}` }))),
    kept = chain.tips.at(-1)!;
  const change = fc.oneof(
    fc.record({ row: fc.nat(7), at: fc.nat(150), to: fc.constantFrom(...'0123456789abcdef{}",: x') })
      .map(({ row, at, to }) =>
        chain.lines.with(row, chain.lines[row]!.slice(0, at) + to + chain.lines[row]!.slice(at + 1))
      ),
    fc.record({ row: fc.nat(7), count: fc.integer({ min: 1, max: 8 }) })
      .map(({ row, count }) => chain.lines.toSpliced(row, count)),
    fc.shuffledSubarray([...chain.lines.keys()], { minLength: 8 }).map((order) =>
      order.map((row) => chain.lines[row]!)
    ),
  );
  fc.assert(
    fc.property(change, (lines) => {
      const changed = lines.join("\n") !== chain.lines.join("\n");
      assert.equal(audited(lines, kept).faults.length > 0, changed);
    }),
    { numRuns: 10_000 },
  );
});

Deno.test("the beginning of a row is an interruption after what was remembered, and a loss before", () => {
  const part = (text: string, kept: ChainTip) => {
    const audit = new ChainAudit(kept);
    six.slice(0, 4).forEach((line) => audit.take(line));
    const value = audit.takePart(text), { faults, interrupted } = audit.finish();
    return { value, faults: faults.map(({ kind, sequence }) => `${kind} ${sequence}`), interrupted };
  };
  const cut = six[4]!.slice(0, 100);
  assert.deepEqual(part(cut, tips[3]!), { value: undefined, faults: [], interrupted: true });
  assert.deepEqual(part(cut, tips[4]!), { value: undefined, faults: ["truncated 5"], interrupted: false });
  assert.deepEqual(part(cut, tips[5]!), { value: undefined, faults: ["truncated 5", "deleted 6"], interrupted: false });
  assert.deepEqual(part(six[4]!, tips[4]!), { value: "e", faults: [], interrupted: false });
});
