// Files of other people's layouts: whatever the form, the same candles give the same bytes in the lake.
import { BlobWriter, TextReader, ZipWriter, type ZipWriterAddDataOptions } from "@zip.js/zip.js";
import { tableFromArrays, tableToIPC } from "apache-arrow";
import assert from "node:assert/strict";
import { InputError } from "../errors/mod.ts";
import { FEATHER_FILES } from "../testing/feather_files.ts";
import { filesBelow, inTemporaryFolder } from "../testing/temporary_folder.ts";
import { sha256OfBytes } from "./storage.ts";
import { importCandles, type ImportOptions, Lake } from "./mod.ts";

const HOUR_MS = 3_600_000, START_MS = Date.UTC(2024, 0, 31, 12);
const SOURCE = { exchange: "binance", symbol: "BTC/USDT", timeframe: "1h" };
type Row = readonly [timeMs: number, open: number, high: number, low: number, close: number, volume: number];

/** 30 hours from noon of 31 January on, those of {@linkcode FEATHER_FILES}. */
const HOURS = Array.from({ length: 30 }, (_, i): Row => {
  const price = 100 + i % 7;
  return [START_MS + i * HOUR_MS, price, price + 2, price - 2, price + 1, 10 + i];
});
const csv = (rows: readonly (readonly (number | string)[])[], head?: string) =>
  [...(head === undefined ? [] : [head]), ...rows.map((row) => row.join(","))].join("\n");
const HEAD = "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_base,taker_quote,ignore";
const archived = (rows: readonly Row[], factor = 1) =>
  rows.map(([time, ...values]) => [time * factor, ...values, (time + HOUR_MS - 1) * factor, 0, 0, 0, 0, 0]);

async function zipped(files: Record<string, string>, options: ZipWriterAddDataOptions = {}): Promise<Uint8Array> {
  const zip = new ZipWriter(new BlobWriter(), { useWebWorkers: false });
  for (const [name, text] of Object.entries(files)) await zip.add(name, new TextReader(text), options);
  return new Uint8Array(await (await zip.close()).arrayBuffer());
}

/** Writes an archive and the file of its sum; null leaves that away. */
async function writeArchive(path: string, bytes: Uint8Array, sum?: string | null): Promise<string> {
  await Deno.writeFile(path, bytes);
  const text = sum === undefined ? `${await sha256OfBytes(bytes)}  ${path.split("/").at(-1)}\n` : sum;
  if (text !== null) await Deno.writeTextFile(`${path}.CHECKSUM`, text);
  return path;
}

async function parquetIn(root: string): Promise<Record<string, string>> {
  const files = Object.entries(await filesBelow(root));
  return Object.fromEntries(files.filter(([path]) => path.endsWith(".parquet")));
}

/** What the lake holds after the plain table of the hours. */
function plain(): Promise<Record<string, string>> {
  return inTemporaryFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/a.csv`, csv(HOURS, "time,open,high,low,close,volume"));
    await importCandles(`${folder}/lake`, `${folder}/a.csv`, SOURCE);
    return await parquetIn(`${folder}/lake`);
  });
}

/** CryptoDataDownload's layout: its address first, the newest candle first, two volumes. */
function published(head: string, cells: (row: Row) => readonly (number | string)[]): string {
  return csv(HOURS.map(cells).reverse(), `https://www.CryptoDataDownload.com\n${head}`);
}
const DAY_AND_HOUR = (timeMs: number) => new Date(timeMs).toISOString().slice(0, 19).replace("T", " ");

Deno.test("archives, CryptoDataDownload tables and Feather files give the bytes of the plain table, their names telling what they hold (11 files)", async () => {
  const feather = (packing: keyof typeof FEATHER_FILES) => Uint8Array.fromBase64(FEATHER_FILES[packing]);
  const zip = (name: string, text: string, options?: ZipWriterAddDataOptions) => zipped({ [name]: text }, options);
  const published1h = (factor: number) =>
    published(
      "Unix,Date,Symbol,Open,High,Low,Close,Volume BTC,Volume USDT,tradecount",
      ([time, ...values]) => [time * factor, DAY_AND_HOUR(time), "BTCUSDT", ...values, 77, 9],
    );
  const files: [path: string, content: Uint8Array | string, options: ImportOptions][] = [
    ["BTCUSDT-1h-2024-01.zip", await zip("BTCUSDT-1h-2024-01.csv", csv(archived(HOURS))), { exchange: "binance" }],
    ["BTCUSDT-1h-2024-02.zip", await zip("BTCUSDT-1h-2024-02.csv", csv(archived(HOURS), HEAD)), {
      exchange: "binance",
    }],
    ["binance/BTCUSDT-1h-2025-01.zip", await zip("x.csv", csv(archived(HOURS, 1000))), {}],
    ["binance/BTCUSDT-1h-2025-02.zip", await zip("x.csv", csv(archived(HOURS, 1000), HEAD), { level: 0 }), {}],
    ["Binance_BTCUSDT_1h.csv", published1h(1), {}],
    ["Binance_BTCUSDT_2024_hour.csv", published1h(1 / 1000), {}],
    [
      "Binance_old.csv",
      published("Unix Timestamp,Date,Symbol,Open,High,Low,Close,Volume BASE,Volume QUOTE", ([time, ...values]) => [
        `${time / 1000}.0`,
        "2020-04-01 12-AM",
        "BTC/USDT",
        ...values,
        77,
      ]).replaceAll("\n", "\r\n"),
      {},
    ],
    ["binance/BTC_USDT-1h.feather", feather("lz4"), {}],
    ["binance/BTC_USDT-1h.feather", feather("zstd"), {}],
    ["binance/BTC_USDT-1h.feather", feather("unpacked"), {}],
    ["binance/table.feather", namedFeather(() => "BTCUSDT"), {}],
  ];
  const wanted = await plain();
  assert.equal(Object.keys(wanted).length, 2);
  for (const [name, content, options] of files) {
    await inTemporaryFolder(async (folder) => {
      const path = `${folder}/${name}`, root = `${folder}/lake`;
      await Deno.mkdir(`${folder}/binance`);
      if (typeof content === "string") await Deno.writeTextFile(path, content);
      else await writeArchive(path, content);
      const [{ partitions: _, file, ...imported }] = await importCandles(root, path, options) as [
        Awaited<ReturnType<typeof importCandles>>[0],
      ];
      const counts = { rows: 30, added: 30, revised: 0, duplicates: 0, outOfOrder: 0, inconsistent: 0 };
      assert.deepEqual({ file, imported }, { file: path, imported: { ...SOURCE, ...counts } }, name);
      assert.deepEqual(await parquetIn(root), wanted, name);
      assert.deepEqual(await importCandles(root, path, options).then(([again]) => again!.added), 0, name);
      const left = Object.keys(await filesBelow(root)).filter((own) => own.startsWith(".scratch"));
      assert.deepEqual(left, [], "what was unpacked is gone");
    });
  }
});

/** The hours as an Arrow file that names its market in a column. */
function namedFeather(symbol: (row: number) => string): Uint8Array {
  const column = (i: number) => Float64Array.from(HOURS, (row) => row[i]!);
  const [time, open, high, low, close, volume] = [0, 1, 2, 3, 4, 5].map(column);
  const table = tableFromArrays({
    open_time: time!,
    pair: HOURS.map((_, i) => symbol(i)),
    open: open!,
    high: high!,
    low: low!,
    close: close!,
    volume: volume!,
  });
  return tableToIPC(table, "file");
}

Deno.test("a folder of monthly archives is imported at once, each under the market, timeframe and sum that its name tells", () =>
  inTemporaryFolder(async (folder) => {
    const archives = `${folder}/binance`,
      root = `${folder}/lake`,
      split = HOURS.findIndex(([time]) => time === Date.UTC(2024, 1));
    await Deno.mkdir(archives);
    for (const symbol of ["BTCUSDT", "ETHUSDT"]) {
      for (const [month, rows] of [["2024-01", HOURS.slice(0, split)], ["2024-02", HOURS.slice(split)]] as const) {
        const name = `${symbol}-1h-${month}`;
        await writeArchive(`${archives}/${name}.zip`, await zipped({ [`${name}.csv`]: csv(archived(rows)) }));
      }
    }
    const imported = await importCandles(root, archives);
    assert.deepEqual(
      imported.map(({ exchange, symbol, timeframe, added }) => [exchange, symbol, timeframe, added]),
      [["binance", "BTC/USDT", "1h", 12], ["binance", "BTC/USDT", "1h", 18], ["binance", "ETH/USDT", "1h", 12], [
        "binance",
        "ETH/USDT",
        "1h",
        18,
      ]],
    );
    const lake = new Lake(root), wanted = await plain();
    assert.deepEqual((await lake.list()).map(({ rows, missing }) => [rows, missing]), [[30, 0], [30, 0]]);
    assert.deepEqual((await lake.check()).issues, []);
    await lake.close();
    for (const [path, digest] of Object.entries(await parquetIn(root))) {
      assert.equal(digest, wanted[path.replace("ETH", "BTC")], path);
    }
    const [sidecar] = Object.keys(await filesBelow(root)).filter((path) => path.endsWith("01.json"));
    const { provenance: [{ file, sha256 }] } = JSON.parse(await Deno.readTextFile(`${root}/${sidecar}`));
    assert.equal(sha256, await sha256OfBytes(await Deno.readFile(`${archives}/${file}`)), "the sum is the archive's");
  }));

/** Bytes with one of them changed. */
function changed(bytes: Uint8Array, at: number): Uint8Array {
  return bytes.map((byte, i) => i === at ? byte ^ 0x15 : byte);
}

Deno.test("an archive that cannot be trusted or read is refused with the remedy, and leaves nothing behind (16 archives)", async () => {
  const text = csv(archived(HOURS)), name = "BTCUSDT-1h-2024-01";
  const good = await zipped({ [`${name}.csv`]: text }), plainText = csv(HOURS, "time,open,high,low,close,volume");
  const bomb = await zipped({ "a.csv": "0".repeat(3_000_000) });
  const locked = await zipped({ "a.csv": text }, { password: "secret" });
  const cases: [
    why: string,
    bytes: Uint8Array,
    sum: string | null | undefined,
    options: ImportOptions,
    told: RegExp,
  ][] = [
    ["no sum", good, null, {}, /has no .*01.zip.CHECKSUM beside it: fetch that too, or .*--no-checksum/],
    ["another sum", good, `${"0".repeat(64)}  ${name}.zip`, {}, /does not have the sum that .*: fetch both again/],
    ["another sum, unchecked", good, `${"0".repeat(64)}  ${name}.zip`, { checksum: false }, /does not have the sum/],
    ["a sum of another file", good, `${await sha256OfBytes(good)}  x.zip`, {}, /CHECKSUM is of another file than/],
    ["a page instead of a sum", good, "<html>", {}, /CHECKSUM does not hold a SHA-256 and a file name/],
    ["no zip", new TextEncoder().encode(text), undefined, {}, /is damaged, cut off or no zip archive: fetch it again/],
    ["nothing", new Uint8Array(0), undefined, {}, /is damaged, cut off or no zip archive/],
    ["cut off", good.subarray(0, good.length >> 1), undefined, {}, /is damaged, cut off or no zip archive/],
    ["a changed byte", changed(good, 100), undefined, {}, /is damaged/],
    ["two files", await zipped({ "a.csv": text, "b.csv": text }), undefined, {}, /holds 2 files, and one CSV file is/],
    ["no file", await zipped({}), undefined, {}, /holds no file|is damaged/],
    ["no table", await zipped({ "a.exe": text }), undefined, {}, /holds no .csv file/],
    [
      "a path",
      await zipped({ "../../etc/a.csv": text }),
      undefined,
      {},
      /names its file by a path that leads elsewhere/,
    ],
    ["a bomb", bomb, undefined, {}, /unpacks to 3000000 bytes, more than 100 times its size/],
    ["a password", locked, undefined, {}, /is locked by a password: unpack it first/],
    [
      "a row that is no candle",
      await zipped({ "a.csv": plainText.replace(",104,", ",none,") }),
      undefined,
      {},
      /^line \d+ of BTCUSDT-1h-2024-01.zip: "none" in column \w+ is not a number above 0/,
    ],
  ];
  for (const [why, bytes, sum, options, told] of cases) {
    await inTemporaryFolder(async (folder) => {
      await Deno.mkdir(`${folder}/lake`);
      const path = await writeArchive(`${folder}/${name}.zip`, bytes, sum);
      await assert.rejects(
        importCandles(`${folder}/lake`, path, { exchange: "binance", ...options }),
        (error: Error) => {
          assert.ok(error instanceof InputError, `${why}: ${error.stack}`);
          assert.match(error.message, told, why);
          return true;
        },
      );
      assert.deepEqual(await filesBelow(`${folder}/lake`), {}, why);
    });
  }
});

Deno.test("an archive without its sum is imported when that is asked for", () =>
  inTemporaryFolder(async (folder) => {
    const path = `${folder}/BTCUSDT-1h-2024-01.zip`;
    await writeArchive(path, await zipped({ "a.csv": csv(archived(HOURS)) }), null);
    await importCandles(`${folder}/lake`, path, { exchange: "binance", checksum: false });
    assert.deepEqual(await parquetIn(`${folder}/lake`), await plain());
  }));

Deno.test("a size that an archive states too small stops the unpacking where it ends", async () => {
  const good = await zipped({ "a.csv": csv(archived(HOURS)) }), view = new DataView(good.slice().buffer);
  // The size stands 24 bytes into the directory's entry, which begins with PK\1\2.
  const entry = good.findIndex((_, i) => [0x50, 0x4b, 1, 2].every((byte, j) => good[i + j] === byte));
  view.setUint32(entry + 24, 1_000, true);
  await inTemporaryFolder(async (folder) => {
    const path = await writeArchive(`${folder}/BTCUSDT-1h-2024-01.zip`, new Uint8Array(view.buffer));
    await assert.rejects(importCandles(`${folder}/lake`, path, { exchange: "binance" }), /fetch it again/);
    assert.deepEqual(await filesBelow(`${folder}/lake`), {});
  });
});

Deno.test("a Feather file of two markets, cut off, damaged or of the first version is refused (5 files)", async () => {
  const lz4 = Uint8Array.fromBase64(FEATHER_FILES.lz4);
  const cases: [bytes: Uint8Array, told: RegExp][] = [
    [namedFeather((row) => row % 2 ? "BTCUSDT" : "ETHUSDT"), /holds candles of BTCUSDT and ETHUSDT/],
    [lz4.subarray(0, lz4.length - 50), /a.feather cannot be read: it is damaged, cut off or of another kind/],
    [lz4.subarray(0, 20), /a.feather cannot be read/],
    [new TextEncoder().encode("FEA1 and more FEA1"), /a.feather cannot be read/],
    [new Uint8Array(0), /a.feather cannot be read/],
  ];
  for (const [bytes, told] of cases) {
    await inTemporaryFolder(async (folder) => {
      await Deno.mkdir(`${folder}/lake`);
      await Deno.writeFile(`${folder}/a.feather`, bytes);
      await assert.rejects(importCandles(`${folder}/lake`, `${folder}/a.feather`, { ...SOURCE }), told);
      assert.deepEqual(await filesBelow(`${folder}/lake`), {});
    });
  }
});

Deno.test("a table that begins with its newest candle is in order, and one that then jumps is named (3 tables)", () =>
  inTemporaryFolder(async (folder) => {
    const head = "Unix,Date,Symbol,Open,High,Low,Close,Volume BTC,Volume USDT,tradecount";
    const text = published(head, ([time, ...values]) => [time, DAY_AND_HOUR(time), "BTCUSDT", ...values, 77, 9]);
    const path = `${folder}/Binance_BTCUSDT_1h.csv`, root = `${folder}/lake`, lines = text.split("\n");
    await Deno.mkdir(root);
    const imported = async (table: string) => {
      await Deno.writeTextFile(path, table);
      return await importCandles(root, path);
    };
    const swapped = lines.with(8, lines[9]!).with(9, lines[8]!).join("\n");
    await assert.rejects(
      imported(swapped),
      /line 9 of Binance_BTCUSDT_1h.csv .* is older than a later row of a file that/,
    );
    const twice = lines.with(8, lines[9]!.replace("BTCUSDT,1", "BTCUSDT,2")).join("\n");
    await assert.rejects(imported(twice), /line 9 of .* repeats the candle below with other values/);
    await assert.rejects(
      imported(text.replace("Volume BTC", "Volume USD")),
      /counts its volume in USD, and that of BTC\/USDT is counted in BTC: .*--map volume=COLUMN/,
    );
    assert.deepEqual(await filesBelow(root), {});
    assert.deepEqual((await imported(text)).map(({ added, outOfOrder }) => [added, outOfOrder]), [[30, 0]]);
  }));
