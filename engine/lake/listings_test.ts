import assert from "node:assert/strict";
import { filesBelow, inTemporaryFolder } from "../testing/temporary_folder.ts";
import { formatTimestamp } from "../time/mod.ts";
import { openDatabase } from "./duckdb.ts";
import { importListings, Lake } from "./mod.ts";

const HEAD = "exchange,symbol,listedAt,delistedAt,renamedTo\n";
const ROWS = `${HEAD}binance,BTC/USDT,2017-08-17T04:00,,
binance,LUNA/USDT,2020-08-21,2022-05-13T00:00,LUNC/USDT
coinbase,BTC/USD,2015-01-26,,
`;

/** Writes a CSV file and imports it. */
async function imported(root: string, text: string, options = {}) {
  await Deno.writeTextFile(`${root}/listings.csv`, text);
  return await importListings(`${root}/lake`, `${root}/listings.csv`, options);
}
/** What the lake has, as lines. */
async function held(root: string, exchange?: string): Promise<string[]> {
  const lake = new Lake(`${root}/lake`);
  const time = (ms: number | null) => ms === null ? "…" : formatTimestamp(ms as never).slice(0, 16);
  const lines = (await lake.listings(exchange)).map((own) =>
    `${own.exchange} ${own.symbol} ${time(own.listedAtMs)} ${time(own.delistedAtMs)} ${own.renamedTo ?? ""}`.trim()
  );
  await lake.close();
  return lines;
}

Deno.test("listings come in once, by exchange and symbol, and a second import changes nothing", async () => {
  await inTemporaryFolder(async (root) => {
    const counts = (await imported(root, ROWS)).map(({ exchange, rows, added }) => [exchange, rows, added]);
    assert.deepEqual(counts, [["binance", 2, 2], ["coinbase", 1, 1]]);
    assert.deepEqual(await held(root), [
      "binance BTC/USDT 2017-08-17T04:00 …",
      "binance LUNA/USDT 2020-08-21T00:00 2022-05-13T00:00 LUNC/USDT",
      "coinbase BTC/USD 2015-01-26T00:00 …",
    ]);
    assert.deepEqual(await held(root, "coinbase"), ["coinbase BTC/USD 2015-01-26T00:00 …"]);
    const before = await filesBelow(`${root}/lake`);
    assert.deepEqual((await imported(root, ROWS)).map(({ added, completed, revised }) => added + completed + revised), [
      0,
      0,
    ]);
    assert.deepEqual(await filesBelow(`${root}/lake`), before);
    assert.deepEqual(Object.keys(before).sort(), [
      "listings/exchange=binance.json",
      "listings/exchange=binance.parquet",
      "listings/exchange=coinbase.json",
      "listings/exchange=coinbase.parquet",
    ]);
  });
});

Deno.test("what was not known before completes a listing; what contradicts it needs a word, and nothing is written without it", async () => {
  await inTemporaryFolder(async (root) => {
    await imported(root, ROWS);
    const [end] = await imported(root, `${HEAD}binance,BTC/USDT,,2030-01-01,`);
    assert.deepEqual([end!.added, end!.completed, end!.revised], [0, 1, 0]);
    const before = await filesBelow(`${root}/lake`);
    const other = `${HEAD}binance,NEW/USDT,2023,,\nbinance,LUNA/USDT,2020-08-21,2022-05-14,`;
    await assert.rejects(
      imported(root, other),
      /has LUNA\/USDT of binance from 2020-08-21.* to 2022-05-14.*, the lake from .*2022-05-13.* then LUNC\/USDT: import with --revise/,
    );
    assert.deepEqual(await filesBelow(`${root}/lake`), before);
    const [revised] = await imported(root, other, { revise: true });
    assert.deepEqual([revised!.added, revised!.completed, revised!.revised], [1, 0, 1]);
    assert.deepEqual((await held(root, "binance")).slice(0, 2), [
      "binance BTC/USDT 2017-08-17T04:00 2030-01-01T00:00",
      "binance LUNA/USDT 2020-08-21T00:00 2022-05-14T00:00 LUNC/USDT",
    ]);
  });
});

Deno.test("Parquet with timestamps, and text with milliseconds and an exchange of its own, say the same", async () => {
  await inTemporaryFolder(async (root) => {
    const database = await openDatabase([root]);
    await database.connection.run(
      `copy (select 'LUNA/USDT' as symbol, timestamp '2020-08-21' as listed_at, date '2022-05-13' as delisted_at)
       to '${root}/l.parquet' (format parquet)`,
    );
    database.close();
    await importListings(`${root}/lake`, `${root}/l.parquet`, { exchange: "binance" });
    const expected = ["binance LUNA/USDT 2020-08-21T00:00 2022-05-13T00:00"];
    assert.deepEqual(await held(root), expected);
    const ms = `symbol;listedAt;delistedAt\nLUNA/USDT;${Date.UTC(2020, 7, 21)};${Date.UTC(2022, 4, 13)}`;
    const [again] = await imported(root, ms, { exchange: "binance" });
    assert.deepEqual([again!.added, again!.completed, again!.revised], [0, 0, 0]);
  });
});

Deno.test("a file that cannot be used is refused with the line and the remedy, and leaves no trace (6 cases)", async () => {
  const cases: [string, RegExp][] = [
    ["symbol,listedAt\nBTC/USDT,2020", /has no column exchange: listings have/],
    ["exchange,listedAt\nbinance,2020", /has no column symbol/],
    [`${HEAD}binance,BTCUSDT,2020,,`, /line 2 of listings.csv: "BTCUSDT" is not a symbol/],
    [`${HEAD}binance,BTC/USDT,2020,,\nbinance,ETH/USDT,soon,,`, /line 3 of listings.csv: "soon" is not a date/],
    [`${HEAD}binance,BTC/USDT,2021,2020,`, /line 2 of listings.csv: BTC\/USDT is delisted before it is listed/],
    [`${HEAD}binance,BTC/USDT,2020,,\nbinance,BTC/USDT,2021,,`, /line 3 of listings.csv has binance:BTC\/USDT again/],
  ];
  await inTemporaryFolder(async (root) => {
    await Deno.mkdir(`${root}/lake`);
    for (const [text, message] of cases) await assert.rejects(imported(root, text), message);
    assert.deepEqual(await filesBelow(`${root}/lake`), {});
  });
});

Deno.test("listings whose bytes changed are found by the check and not used", async () => {
  await inTemporaryFolder(async (root) => {
    await imported(root, ROWS);
    const path = `${root}/lake/listings/exchange=binance.parquet`;
    const bytes = await Deno.readFile(path);
    bytes[40]! ^= 1;
    await Deno.writeFile(path, bytes);
    const lake = new Lake(`${root}/lake`);
    const { issues } = await lake.check();
    await lake.close();
    assert.deepEqual(issues.map(({ partition }) => partition), ["listings/exchange=binance.parquet"]);
    await assert.rejects(held(root, "binance"), /does not have the bytes that were written/);
  });
});
