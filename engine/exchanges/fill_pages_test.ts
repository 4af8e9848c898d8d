import assert from "node:assert/strict";
import fc from "fast-check";
import type { TimestampMs } from "../time/mod.ts";
import type { FillPaging } from "./dialect.ts";
import type { VenueFill } from "./exchange.ts";
import { allFills, type FillPage } from "./fill_pages.ts";

const fill = (number: number, timeMs: number) => ({ id: `${number}`, timeMs }) as VenueFill;

/** A venue that gives so many rows at once, as each kind of paging has it. */
function venue(fills: readonly VenueFill[], paging: FillPaging, rows: number, spanMs = Infinity) {
  return ({ fromMs, toMs, fromId }: FillPage) => {
    const found = fromId !== null
      ? fills.filter(({ id }) => Number(id) >= Number(fromId))
      : fills.filter(({ timeMs }) => timeMs >= fromMs && timeMs < Math.min(toMs ?? Infinity, fromMs + spanMs));
    return Promise.resolve(paging === "backward" ? found.slice(-rows) : found.slice(0, rows));
  };
}

for (const paging of ["by-id", "forward", "backward"] as const) {
  Deno.test(`fills that come ${paging} come whole, however few a page has, or not at all (fault 25)`, () =>
    fc.assert(fc.asyncProperty(
      fc.array(fc.nat(3), { maxLength: 40 }),
      fc.integer({ min: 2, max: 9 }),
      async (steps, rows) => {
        let timeMs = 0;
        const fills = steps.map((step, i) => fill(i + 1, timeMs += step));
        const ask = venue(fills, paging, rows);
        const found = await allFills(ask, { paging, rowsMin: rows }, 0 as TimestampMs, null).catch(() => null);
        if (found === null) {
          const most = Math.max(...fills.map((own) => fills.filter((other) => other.timeMs === own.timeMs).length));
          assert.ok(paging !== "by-id" && most >= rows, "only a moment that fills a page is refused");
        } else assert.deepEqual(found.map(({ id }) => Number(id)).sort((a, b) => a - b), fills.map((_, i) => i + 1));
      },
    )));
}

Deno.test("a page that is full of one moment's fills settles nothing where it cannot be paged past", async () => {
  const fills = [1, 2, 3].map((number) => fill(number, 5));
  await assert.rejects(
    allFills(venue(fills, "forward", 2), { paging: "forward", rowsMin: 2 }, 5 as TimestampMs, null),
    /cannot be paged past/,
  );
});

Deno.test("an empty week is no end where the venue looks no further than a week", async () => {
  const ask = venue([fill(1, 1_000)], "by-id", 5, 100), span = { lengthMs: 100, untilMs: 2_000 as TimestampMs };
  assert.equal((await allFills(ask, { paging: "by-id", rowsMin: 5 }, 0 as TimestampMs, null, span)).length, 1);
  assert.equal((await allFills(ask, { paging: "by-id", rowsMin: 5 }, 0 as TimestampMs, null)).length, 0);
});

Deno.test("pages by number go on where times are not in the order of numbers", async () => {
  const fills = [fill(1, 9), fill(2, 5), fill(3, 5), fill(4, 6)];
  const found = await allFills(venue(fills, "by-id", 2), { paging: "by-id", rowsMin: 2 }, 0 as TimestampMs, null);
  assert.deepEqual(found.map(({ id }) => id), ["1", "2", "3", "4"]);
});
