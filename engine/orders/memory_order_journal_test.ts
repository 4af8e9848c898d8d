import assert from "node:assert/strict";
import fc from "fast-check";
import { quantity } from "../money/mod.ts";
import { BTC, fillOf, intent, journalCases } from "../testing/journal_suite.ts";
import { type Fill, hashOfJournal, MemoryJournalStore, positionOf, replayJournal } from "./mod.ts";

for (const [title, prove] of journalCases) {
  Deno.test(`journal in memory: ${title}`, async () => {
    const store = new MemoryJournalStore();
    await prove({ lead: () => Promise.resolve(store.lead()) });
  });
}

Deno.test("any fills, in any order, any number of times, give one state, whose position is their sum (I3, I5)", () => {
  const anyFill = fc.record({
    n: fc.integer({ min: 1, max: 3 }),
    lots: fc.integer({ min: 1, max: 9 }),
    buys: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(anyFill, { maxLength: 12 }), fc.array(fc.nat(), { maxLength: 30 }), (drawn, picks) => {
      const fills = drawn.map(({ n, lots, buys }, i): Fill =>
        fillOf(intent(n), `${i}`, { quantity: quantity(`0.${lots}`), side: buys ? "buy" : "sell" })
      );
      const states = [fills, [...picks.flatMap((i) => fills[i % fills.length] ?? []), ...fills.toReversed()]].map(
        (order) => {
          const store = new MemoryJournalStore(), journal = store.lead();
          for (const n of [1, 2, 3]) journal.record(intent(n));
          for (const fill of order) journal.fill(fill);
          assert.deepEqual(journal.state(), store.kept); // the fold over events is what was kept on the way
          return journal.state();
        },
      );
      assert.equal(hashOfJournal(states[0]), hashOfJournal(states[1]));
      assert.equal(states[1].positions.get(BTC) ?? 0n, positionOf(fills));
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("a state is the same from the same events, and another from one event less (I13)", () => {
  const store = new MemoryJournalStore(), journal = store.lead();
  journal.record(intent(1));
  journal.fill(fillOf(intent(1), "1"));
  assert.equal(hashOfJournal(replayJournal(store.events)), hashOfJournal(store.kept));
  assert.notEqual(hashOfJournal(replayJournal(store.events.slice(0, -1))), hashOfJournal(store.kept));
});
