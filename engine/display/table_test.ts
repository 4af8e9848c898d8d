import assert from "node:assert/strict";
import { Float64, Table, TimestampMillisecond, Utf8, vectorFromArray } from "apache-arrow";
import { JUPYTER_DISPLAY } from "./shown.ts";
import { table } from "./table.ts";

const rows = [{ symbol: "BTC/USD", openTimeMs: 1_600_000_000_000, close: 10_305.25 }, {
  symbol: "ETH/USD",
  openTimeMs: 1_599_955_200_000,
  close: null,
}];

Deno.test("table() aligns numbers, writes moments in UTC and a dash for what is not there", async () => {
  assert.equal(
    (await table(rows)[JUPYTER_DISPLAY]())["text/plain"],
    `symbol   openTimeMs            close
BTC/USD  2020-09-13 12:26  10,305.25
ETH/USD  2020-09-13                –`,
  );
});

Deno.test("table() shows the same of an Arrow table", async () => {
  const arrow = new Table({
    symbol: vectorFromArray(rows.map(({ symbol }) => symbol), new Utf8()),
    openTimeMs: vectorFromArray(rows.map(({ openTimeMs }) => openTimeMs), new TimestampMillisecond()),
    close: vectorFromArray(rows.map(({ close }) => close), new Float64()),
  });
  assert.deepEqual(await table(arrow)[JUPYTER_DISPLAY](), await table(rows)[JUPYTER_DISPLAY]());
});

Deno.test("table() says how many rows it left out", async () => {
  const many = Array.from({ length: 12_000 }, (_, i) => ({ i }));
  const { "text/plain": text, "text/html": html } = await table(many, { limit: 2 })[JUPYTER_DISPLAY]();
  assert.equal(text, "i\n0\n1\n2 of 12,000 rows");
  assert.match(html, /2 of 12,000 rows/);
  assert.equal((await table([])[JUPYTER_DISPLAY]())["text/plain"], "");
});

Deno.test("table() writes texts as texts, whatever markup is in them", async () => {
  const { "text/html": html } = await table([{ "<b>": "<script>alert('x')</script>" }])[JUPYTER_DISPLAY]();
  assert.ok(!/<script|<b>/.test(html), html);
});
