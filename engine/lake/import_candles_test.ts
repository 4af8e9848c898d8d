import assert from "node:assert/strict";
import fc from "fast-check";
import { InputError } from "../errors/mod.ts";
import { filesBelow, inTemporaryFolder } from "../testing/temporary_folder.ts";
import { openDatabase } from "./duckdb.ts";
import { importCandles, type ImportOptions, Lake } from "./mod.ts";

const HOUR_MS = 3_600_000, START_MS = Date.UTC(2024, 0, 31, 12);
const SOURCE = { exchange: "test", symbol: "BTC/USDT", timeframe: "1h" };
type Row = readonly [time: number | string, open: number, high: number, low: number, close: number, volume: number];

/** `count` hours from noon of 31 January on, so that they cross into the next month. */
const hours = (count: number, from = 0): Row[] =>
  Array.from({ length: count }, (_, i) => {
    const price = 100 + (from + i) % 7;
    return [START_MS + (from + i) * HOUR_MS, price, price + 2, price - 2, price + 1, 10 + from + i];
  });
const csv = (rows: readonly (readonly (number | string)[])[], head = "time,open,high,low,close,volume") =>
  [...(head === "" ? [] : [head]), ...rows.map((row) => row.join(","))].join("\n");

async function importText(root: string, text: string, options: ImportOptions = SOURCE, name = "candles.csv") {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/${name}`, text);
    return (await importCandles(root, `${folder}/${name}`, options))[0]!;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function modificationTimes(root: string): Promise<Record<string, number>> {
  const times = Object.keys(await filesBelow(root)).map(async (path) => {
    return [path, (await Deno.stat(`${root}/${path}`)).mtime!.getTime()] as const;
  });
  return Object.fromEntries(await Promise.all(times));
}

async function holding(root: string) {
  const [held] = await new Lake(root).list();
  return held!;
}

Deno.test("importing again changes no byte, and an overlapping file adds what is new", () =>
  inTemporaryFolder(async (root) => {
    const first = await importText(root, csv(hours(30)));
    assert.deepEqual([first.rows, first.added, first.partitions], [30, 30, ["2024-01", "2024-02"]]);
    const before = await filesBelow(root), writtenMs = await modificationTimes(root);
    const again = await importText(root, csv(hours(30)));
    assert.deepEqual([again.added, again.partitions], [0, []]);
    assert.deepEqual(await filesBelow(root), before);
    assert.deepEqual(await modificationTimes(root), writtenMs, "nothing was written again");
    const more = await importText(root, csv(hours(20, 20)));
    assert.deepEqual([more.added, more.partitions], [10, ["2024-02"]]);
    assert.equal((await holding(root)).rows, 40);
  }));

Deno.test("hours in files that overlap give the bytes, candles and counts of one file, in any order of imports (25 layouts)", async () => {
  const COUNT = 60, GONE = [7, 8, 30];
  const rows = hours(COUNT).map((row, i) => i === 40 ? [...row.slice(0, 5), 0] as unknown as Row : row);
  const there = (from: number, to: number) => rows.slice(from, to).filter((_, i) => !GONE.includes(from + i));
  const outcome = async (root: string) => {
    const { rows, missing, zeroVolume, outliers, firstOpenMs, lastOpenMs, duplicates } = await holding(root);
    return {
      files: parquetOf(await filesBelow(root)),
      facts: { rows, missing, zeroVolume, outliers, firstOpenMs, lastOpenMs, duplicates },
    };
  };
  const whole = await inTemporaryFolder(async (root) => {
    await importText(root, csv(there(0, COUNT)));
    return await outcome(root);
  });
  assert.deepEqual([whole.facts.rows, whole.facts.missing, whole.facts.zeroVolume], [COUNT - 3, 3, 1]);
  // Cuts part the hours; each part then begins some hours earlier, so that it overlaps those before it.
  const layout = fc.uniqueArray(fc.integer({ min: 1, max: COUNT - 1 }), { minLength: 1, maxLength: 4 }).chain(
    (cuts) => {
      const begins = [0, ...cuts.sort((a, b) => a - b)];
      const parts = begins.map((begin, i) =>
        fc.nat(25).map((more) => [Math.max(0, begin - more), begins[i + 1] ?? COUNT])
      );
      return fc.tuple(...parts).chain((ranges) => fc.shuffledSubarray(ranges, { minLength: ranges.length }));
    },
  );
  await fc.assert(
    fc.asyncProperty(layout, (ranges) =>
      inTemporaryFolder(async (root) => {
        let added = 0;
        for (const [from, to] of ranges) {
          const part = there(from!, to!);
          if (part.length > 0) added += (await importText(root, csv(part))).added;
        }
        assert.equal(added, COUNT - 3);
        assert.deepEqual(await outcome(root), whole);
      })),
    { numRuns: 25 },
  );
});

function parquetOf(files: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).filter(([path]) => path.endsWith(".parquet")));
}

Deno.test("a candle that differs from the one kept is refused, and wins with --revise, counted", () =>
  inTemporaryFolder(async (root) => {
    await importText(root, csv(hours(30)));
    const before = await filesBelow(root);
    const changed = hours(30).map((row, i) => i === 25 ? [...row.slice(0, 5), 999] : row) as Row[];
    await assert.rejects(importText(root, csv(changed)), /differs from 1 candles .* 2024-02-01T13:00:00Z: .*--revise/);
    assert.deepEqual(await filesBelow(root), before);
    const revised = await importText(root, csv(changed), { ...SOURCE, revise: true });
    assert.deepEqual([revised.added, revised.revised, revised.partitions], [0, 1, ["2024-02"]]);
    assert.equal((await holding(root)).revised, 1);
  }));

Deno.test("the public archive's layout is read with and without a header, in milliseconds and microseconds; others by a map (15 files)", async () => {
  const archive = (factor: number) =>
    hours(30).map(([time, ...values]) => [Number(time) * factor, ...values, 0, 0, 0, 0, 0, 0]);
  const head =
    "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore";
  const iso = hours(30).map(([time, ...values]) => [new Date(Number(time)).toISOString(), ...values]);
  const offset = hours(30).map(([time, ...values]) => [
    `${new Date(Number(time) + 2 * HOUR_MS).toISOString().slice(0, 19)}+02:00`,
    ...values,
  ]);
  const files: [name: string, text: string, options: ImportOptions][] = [
    ["BTCUSDT-1h-2024-01.csv", csv(archive(1), ""), { exchange: "test" }],
    ["BTCUSDT-1h-2025-01.csv", csv(archive(1000), ""), { exchange: "test" }],
    ["BTCUSDT-1h.csv", csv(archive(1), head), { exchange: "test" }],
    ["BTCUSDT-1h-2025-02.csv", csv(archive(1000), head), { exchange: "test" }],
    ["bom.csv", `\uFEFF${csv(hours(30))}`, SOURCE],
    ["crlf.csv", `${csv(hours(30)).replaceAll("\n", "\r\n")}\r\n\r\n`, SOURCE],
    ["tabs.csv", csv(hours(30)).replaceAll(",", "\t"), SOURCE],
    ["quoted.csv", csv(hours(30)).replaceAll(/[^,\n]+/g, '"$&"'), SOURCE],
    ["spaced.csv", csv(hours(30)).replaceAll(",", ", "), SOURCE],
    ["capitals.csv", csv(hours(30)).toUpperCase(), SOURCE],
    ["nanoseconds.csv", csv(hours(30).map(([time, ...values]) => [`${time}000000`, ...values])), SOURCE],
    ["named.csv", csv(hours(30).map((row) => ["btcusdt", ...row]), "symbol,time,open,high,low,close,volume"), SOURCE],
    ["a.csv", csv(iso, "Date,Open,High,Low,Close,Volume"), SOURCE],
    ["b.csv", csv(offset, "when,o,h,l,c,v").replaceAll(",", ";"), {
      ...SOURCE,
      map: { time: "when", open: "o", high: "h", low: "l", close: "c", volume: "v" },
    }],
    [
      "seconds.csv",
      csv(hours(30).map(([time, ...values]) => [Number(time) / 1000, ...values]), "unix,open,high,low,close,vol"),
      SOURCE,
    ],
  ];
  const kept = new Set<string>();
  for (const [name, text, options] of files) {
    await inTemporaryFolder(async (root) => {
      const imported = await importText(root, text, options, name);
      assert.deepEqual([imported.symbol, imported.timeframe, imported.added], ["BTC/USDT", "1h", 30], name);
      kept.add(JSON.stringify(parquetOf(await filesBelow(root))));
    });
  }
  assert.equal(kept.size, 1, "all hold the same candles");
});

Deno.test("what is odd is counted, kept and never mended: gaps, repetitions, disorder, candles against themselves, no volume, jumps", () =>
  inTemporaryFolder(async (root) => {
    const rows: (readonly (number | string)[])[] = hours(200).filter((_, i) => i !== 3 && i !== 4 && i !== 9);
    rows.splice(6, 0, rows[5]!); // repeated exactly
    [rows[12], rows[13]] = [rows[13]!, rows[12]!];
    rows[20] = [rows[20]![0]!, 100, 101, 99, 105.5, 5]; // closes above its high
    rows[30] = [...rows[30]!.slice(0, 5), 0];
    rows[40] = [rows[40]![0]!, 100, 100_000, 99, 99_999, 5];
    const imported = await importText(root, csv(rows), { ...SOURCE, sort: true });
    assert.deepEqual([imported.duplicates, imported.outOfOrder, imported.inconsistent], [1, 1, 1]);
    const held = await holding(root);
    assert.deepEqual(
      [held.missing, held.duplicates, held.outOfOrder, held.inconsistent, held.zeroVolume, held.outliers],
      [3, 1, 1, 1, 1, 2],
    );
    const lake = new Lake(root);
    const table = await lake.sql(`select close from candles where close in (105.5, 99999) order by open_time`);
    assert.deepEqual(table.toArray().map((row) => row.close), [105.5, 99_999]);
    await lake.close();
  }));

/** Imports `count` hours of a Parquet file whose columns are these SQL expressions of the row `i` and its open time `ms`. */
async function importParquet(root: string, time: string, open = "100.0", options: ImportOptions = SOURCE) {
  const folder = await Deno.makeTempDir(), database = await openDatabase([folder], 1);
  try {
    await database.connection.run(
      `copy (select ${time} as time, ${open} as open, 102.0 as high, 98.0 as low, 101.0 as close, 5.0 as volume
       from (select i, ${START_MS} + i * ${HOUR_MS} as ms from range(30) t(i))) to '${folder}/a.parquet' (format parquet)`,
    );
    return (await importCandles(root, `${folder}/a.parquet`, options))[0]!;
  } finally {
    database.close();
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("Parquet columns of any type that tells times and numbers give the same candles (13 types)", async () => {
  const moment = "make_timestamp(ms * 1000)", kept = new Set<string>();
  const times = [
    moment,
    `${moment}::timestamp_ms`,
    `${moment}::timestamp_ns`,
    `${moment}::timestamptz`,
    "ms",
    "ms::double",
    "ms * 1000",
    "ms * 1000000",
    "(ms / 1000)::integer",
    `${moment}::varchar`,
  ];
  const opens = ["100::integer", "100::decimal(18, 8)", "'100'"];
  for (const [time, open] of [...times.map((own) => [own]), ...opens.map((own) => [moment, own])]) {
    await inTemporaryFolder(async (root) => {
      assert.equal((await importParquet(root, time!, open)).added, 30, `${time} ${open}`);
      kept.add(JSON.stringify(parquetOf(await filesBelow(root))));
    });
  }
  assert.equal(kept.size, 1, "all hold the same candles");
});

Deno.test("a Parquet row that is no candle is named, and nothing is written (6 kinds)", () =>
  inTemporaryFolder(async (root) => {
    const moment = "make_timestamp(ms * 1000)";
    const cases: [time: string, open: string, message: RegExp][] = [
      [`case when i <> 3 then ${moment} end`, "100.0", /row 4 of a.parquet: "" in column time is not a time/],
      [`case when i = 3 then 'infinity' else ${moment} end`, "100.0", /row 4 .*"infinity" in column time/],
      [moment, "case when i <> 3 then 100.0 end", /row 4 .*"" in column open is not a number above 0/],
      [moment, "case when i = 3 then 'nan' else 100.0::double end", /row 4 .*"nan" in column open/],
      [moment, "[1, 2]", /row 1 .*"\[1, 2\]" in column open/],
      [
        "make_timestamp((ms - case when i = 3 then 7200000 else 0 end) * 1000)",
        "100.0",
        /row 4 .*back in time.*--sort/,
      ],
    ];
    for (const [time, open, message] of cases) {
      await assert.rejects(importParquet(root, time, open), message);
      assert.deepEqual(await filesBelow(root), {});
    }
  }));

Deno.test("a Parquet file's own words on its source go with its candles", () =>
  inTemporaryFolder(async (root) => {
    const path = await Deno.makeTempFile({ suffix: "_1h.parquet" });
    const database = await openDatabase([path.slice(0, path.lastIndexOf("/"))], 1);
    await database.connection.run(
      `copy (select make_timestamp(${
        START_MS * 1000
      }) as time, 1.0 as open, 2.0 as high, 0.5 as low, 1.5 as close, 3.0 as volume)
       to '${path}' (format parquet, kv_metadata {source_repo: 'somebody/candles', licence: 'MIT', exchange: 'test', symbol: 'BTC/USDT'})`,
    );
    database.close();
    const [imported] = await importCandles(root, path);
    await Deno.remove(path);
    assert.deepEqual([imported!.exchange, imported!.symbol, imported!.timeframe], ["test", "BTC/USDT", "1h"]);
    const sidecar = Object.keys(await filesBelow(root)).find((name) => name.endsWith(".json"))!;
    const { provenance } = JSON.parse(await Deno.readTextFile(`${root}/${sidecar}`));
    assert.deepEqual(provenance[0].source, { licence: "MIT", source_repo: "somebody/candles" });
  }));

Deno.test("what is not candles is refused with its place and the remedy, and nothing is written (25 files)", async () => {
  const good = hours(30), text = csv(good);
  const changed = (line: number, row: readonly (number | string)[]) =>
    csv(good.map((own, i) => i === line ? row : own));
  const time = good[5]![0];
  const cases: [name: string, file: string, text: string, options: ImportOptions, message: RegExp][] = [
    [
      "a column is missing",
      "a.csv",
      csv(good, "time,open,high,low,close,size"),
      SOURCE,
      /has no column volume \(it has time.*--map volume=COLUMN/,
    ],
    ["a mapped column is missing", "a.csv", text, { ...SOURCE, map: { volume: "size" } }, /has no column size/],
    [
      "a map names no column of ours",
      "a.csv",
      text,
      { ...SOURCE, map: { price: "close" } },
      /--map price=… names none of the columns/,
    ],
    [
      "text in a number",
      "a.csv",
      changed(5, [time, 100, 102, "n/a", 101, 1]),
      SOURCE,
      /line 7 of a.csv: "n\/a" in column low is not a number above 0/,
    ],
    ["an empty cell", "a.csv", changed(5, [time, 100, 102, 98, "", 1]), SOURCE, /line 7 of a.csv: "" in column close/],
    ["a negative price", "a.csv", changed(5, [time, 100, 102, -98, 101, 1]), SOURCE, /line 7.*"-98" in column low/],
    ["no number", "a.csv", changed(5, [time, 100, 102, 98, "NaN", 1]), SOURCE, /line 7.*"NaN" in column close/],
    ["infinite", "a.csv", changed(5, [time, 100, "inf", 98, 101, 1]), SOURCE, /line 7.*"inf" in column high/],
    [
      "time goes backwards",
      "a.csv",
      changed(5, [good[2]![0], 100, 102, 98, 101, 1]),
      SOURCE,
      /line 7 of a.csv \(2024-01-31T14:00:00Z\) goes back in time.*--sort/,
    ],
    [
      "a candle twice with other values",
      "a.csv",
      changed(5, [good[4]![0], 1, 1, 1, 1, 1]),
      SOURCE,
      /repeats the candle before with other values/,
    ],
    [
      "off the grid",
      "a.csv",
      changed(5, [Number(time) + 60_000, 100, 102, 98, 101, 1]),
      SOURCE,
      /line 7.*does not begin a 1h candle/,
    ],
    ["another timeframe", "a.csv", text, { ...SOURCE, timeframe: "30m" }, /holds 1h candles, not 30m/],
    [
      "two symbols",
      "a.csv",
      csv(good.map((row, i) => [i % 2 ? "BTCUSDT" : "ETHUSDT", ...row]), "symbol,time,open,high,low,close,volume"),
      SOURCE,
      /candles of BTCUSDT and ETHUSDT: import one file per symbol/,
    ],
    [
      "another symbol than stated",
      "a.csv",
      csv(good.map((row) => ["ETHUSDT", ...row]), "symbol,time,open,high,low,close,volume"),
      SOURCE,
      /holds candles of ETHUSDT, not of BTC\/USDT/,
    ],
    ["a row that is cut off", "a.csv", `${text}\n${time},100`, SOURCE, /line 32 of a.csv/],
    ["a quotation mark that never ends", "a.csv", text.replace("\n1706", '\n"1706'), SOURCE, /line 2 of a.csv/],
    ["text of another kind", "a.csv", "\0\x01PK\x02\n\x1b[31m", SOURCE, /a.csv is no text: unpack or convert it first/],
    ["no text at all", "a.csv", "", SOURCE, /a.csv has no line of column names/],
    ["two columns of a name", "a.csv", csv(good, "time,open,high,low,open,volume"), SOURCE, /two columns open/],
    ["an archive", "a.gz", "PK", SOURCE, /a.gz is neither .parquet, .feather nor .csv: unpack/],
    [
      "a page of the web",
      "a.csv",
      `<html>${"<p>".repeat(4000)}`,
      SOURCE,
      /^a.csv has no column time \(it has <html>.{0,200}…\): name it with --map time=COLUMN$/,
    ],
    [
      "a cell of many lines",
      "a.csv",
      changed(5, [time, `"many\nlines"`, 102, 98, 101, 1]),
      SOURCE,
      /line 7 of a.csv: "many lines" in column open/,
    ],
    ["no rows", "a.csv", "time,open,high,low,close,volume\n", SOURCE, /holds no candles/],
    ["no Parquet inside", "a.parquet", text, SOURCE, /a.parquet cannot be read/],
    ["nobody says which market", "candles.csv", text, { timeframe: "1h" }, /does not tell its .*symbol.*--symbol/],
  ];
  await inTemporaryFolder(async (root) => {
    await importText(root, csv(hours(5, 100)));
    const before = await filesBelow(root);
    for (const [name, file, content, options, message] of cases) {
      await assert.rejects(importText(root, content, options, file), (error: Error) => {
        assert.ok(error instanceof InputError, `${name}: ${error.stack}`);
        assert.match(error.message, message, name);
        assert.ok(!error.message.includes("\n"), name);
        return true;
      }, name);
      assert.deepEqual(await filesBelow(root), before, name);
    }
  });
});

Deno.test("a Parquet file that was cut off is refused, and a path that is not there too", () =>
  inTemporaryFolder(async (root) => {
    const sample = await Deno.readFile("data/samples/coinbase/BTCUSD_1d.parquet");
    const folder = await Deno.makeTempDir();
    await Deno.writeFile(`${folder}/BTCUSD_1d.parquet`, sample.subarray(0, sample.length >> 1));
    await assert.rejects(
      importCandles(root, folder, { exchange: "coinbase" }),
      /BTCUSD_1d.parquet cannot be read: it is damaged, cut off/,
    );
    await assert.rejects(importCandles(root, `${folder}/none`), /there is no file or folder .*none: check the path/);
    await Deno.remove(`${folder}/BTCUSD_1d.parquet`);
    await assert.rejects(importCandles(root, folder), /holds no .parquet, .feather, .csv or .zip file/);
    await Deno.remove(folder);
    assert.deepEqual(Object.keys(await filesBelow(root)), []);
  }));
