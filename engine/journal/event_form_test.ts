// Fault 62: old journals are read for ever, newer ones are refused.
import assert from "node:assert/strict";
import { isCodedError } from "../errors/mod.ts";
import { quantity } from "../money/mod.ts";
import { hashOfJournal, replayJournal } from "../orders/mod.ts";
import { eventOf, type StoredEvent, storedForm, type Upcasts, upcasts } from "./event_form.ts";

const GOLDEN = new URL("./testdata/journal_1.jsonl", import.meta.url);

async function golden(): Promise<StoredEvent[]> {
  return (await Deno.readTextFile(GOLDEN)).trim().split("\n").map((line) => JSON.parse(line));
}

Deno.test("the journal that version 1 wrote comes to the state that it came to then", async () => {
  const state = replayJournal((await golden()).map((row) => eventOf(row)));
  assert.deepEqual([state.orders.size, state.fills.size, state.adjustments.size], [4, 5, 1]);
  // 0.5 + (1.5 − 0.00153) + 2.25 − 0.25 + 1, of which the last was bought by hand
  assert.deepEqual([...state.positions], [["test:BTC/USDT", quantity("4.99847")]]);
  assert.deepEqual([...state.orders.values()].map(({ state }) => state), [
    "filled",
    "quarantined",
    "recorded",
    "refused",
  ]);
  assert.equal(hashOfJournal(state), "9cb900e4bf8b2f569e1f64de7de011670a5506d931a2a236a1344a3e2bd748fa");
});

Deno.test("a row that is read and written again is the same row, while its version is the last", async () => {
  const rows = await golden();
  assert.deepEqual(new Set(rows.map(({ kind }) => kind)), new Set(Object.keys(upcasts)));
  for (const row of rows) {
    if (row.version === upcasts[row.kind as keyof Upcasts].length + 1) {
      assert.deepEqual(storedForm(eventOf(row), row.epoch), row);
    }
  }
});

Deno.test("each version is brought to the next, one after the other", async () => {
  const fill = (await golden()).find(({ kind }) => kind === "fill")!;
  const { liquidity: _, price, ...oldest } = fill.body;
  const known: Upcasts = {
    ...upcasts,
    fill: [(body) => ({ ...body, liquidity: "maker" }), ({ paid, ...body }) => ({ ...body, price: paid })],
  };
  const read = (version: number, body: object) => eventOf({ ...fill, version, body: { ...body } }, known);
  const latest = read(3, { ...fill.body, liquidity: "maker" });
  assert.deepEqual(read(1, { ...oldest, paid: price }), latest);
  assert.deepEqual(read(2, { ...oldest, liquidity: "maker", paid: price }), latest);
});

Deno.test("a kind or version of a newer program is refused, never skipped", async () => {
  const [row] = await golden();
  for (const newer of [{ ...row, version: 2 }, { ...row, kind: "transfer" }]) {
    assert.throws(() => eventOf(newer), (error) => isCodedError(error) && error.code === "journal-newer");
  }
});
