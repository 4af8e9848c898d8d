import assert from "node:assert/strict";
import { candlesBetween, instrument, resample, VALUE_COLUMNS } from "../market/mod.ts";
import { requireOrSkip, sharedPath } from "../testing/shared_data.ts";
import { filesBelow, inTemporaryFolder } from "../testing/temporary_folder.ts";
import { parseTimestamp, timeframe } from "../time/mod.ts";
import { importCandles, Lake } from "./mod.ts";

const btc = instrument({ exchange: "coinbase", symbol: "BTC/USD" });
const HOURS = { instrument: btc, timeframe: timeframe("1h") };
const SAMPLES = "data/samples/coinbase";

async function withLake(source: string | readonly string[], work: (lake: Lake, root: string) => Promise<void>) {
  await inTemporaryFolder(async (root) => {
    for (const path of [source].flat()) await importCandles(root, path);
    const lake = new Lake(root);
    try {
      await work(lake, root);
    } finally {
      await lake.close();
    }
  });
}

Deno.test("candles come by range, as columns and as an Arrow table, sorted, across months", () =>
  withLake(SAMPLES, async (lake) => {
    const all = await lake.candles(HOURS);
    assert.equal(all.length, 20_111);
    assert.ok(all.openTimeMs.every((time, i) => i === 0 || time > all.openTimeMs[i - 1]!));
    const from = parseTimestamp("2018-01-30T05:00"), to = parseTimestamp("2018-03-02");
    const part = await lake.candles({ ...HOURS, from, to });
    assert.deepEqual({ ...part }, { ...candlesBetween(all, from, to) });
    const arrow = await lake.candlesArrow({ ...HOURS, from, to });
    assert.deepEqual(arrow.schema.fields.map(({ name }) => name), ["openTimeMs", ...VALUE_COLUMNS]);
    assert.deepEqual(arrow.getChild("close")!.toArray(), part.close);
  }));

Deno.test("a lake that is closed while it reads ends what it reads first", () =>
  withLake(SAMPLES, async (lake) => {
    const whole = await lake.candles(HOURS);
    for (let round = 0; round < 10; round++) {
      const reading = Array.from({ length: 8 }, () => lake.candles(HOURS));
      const asked = lake.sql("select count(*)::double as n from candles where timeframe = '1h'");
      await new Promise((resolve) => setTimeout(resolve, round * 5));
      await lake.close();
      for (const { close } of await Promise.all(reading)) assert.deepEqual(close, whole.close);
      assert.equal((await asked).getChild("n")!.get(0), whole.length);
    }
  }));

Deno.test("what is not there is named, with what there is (4 cases)", () =>
  withLake(SAMPLES, async (lake) => {
    const eth = instrument({ exchange: "coinbase", symbol: "ETH/USD" });
    await assert.rejects(
      lake.candles({ ...HOURS, instrument: eth }),
      /no 1h candles of coinbase:ETH\/USD: there are coinbase BTC\/USD/,
    );
    await assert.rejects(
      lake.candles({ ...HOURS, timeframe: timeframe("5m") }),
      /no 5m candles of coinbase:BTC\/USD: there are 1d, 1h/,
    );
    await assert.rejects(
      lake.candles({ ...HOURS, from: parseTimestamp("2030") }),
      /from 2030-01-01T00:00:00Z: they reach from 2017-07-01T11:00:00Z to 2019-10-17T09:00:00Z/,
    );
    await assert.rejects(
      lake.exchangeOf("BTC/EUR", "1h"),
      /no 1h candles of BTC\/EUR: it has BTC\/USD 1d, BTC\/USD 1h/,
    );
  }));

Deno.test("candles resampled in SQL are those of the market module, bit for bit, in 7 timeframes", () =>
  withLake(SAMPLES, async (lake) => {
    const all = await lake.candles(HOURS);
    for (const name of ["1h", "2h", "4h", "12h", "1d", "1w", "1M"]) {
      const coarser = timeframe(name);
      assert.deepEqual({ ...await lake.resampled(HOURS, coarser) }, { ...resample(all, coarser) }, name);
    }
    await assert.rejects(lake.resampled(HOURS, timeframe("90m")), /1h candles cannot be made into 90m/);
  }));

/** Fine candles, the exchange's own coarse ones, and how many of these lie wholly within the fine ones. */
const PAIRS: [symbol: string, fine: string, coarse: string, whole: number][] = [
  ["BTCUSDT", "1h", "1d", 3148],
  ["BTCUSDT", "5m", "1h", 11_717],
  ["BTCUSDT", "15m", "1h", 11_667],
  ["BTCUSDT", "1m", "1h", 719],
  ["ETHUSDT", "1h", "1d", 1579],
  ["ETHUSDT", "1m", "1h", 719],
];

Deno.test("resampled candles are the exchange's own of the higher timeframe, in 6 pairs of real files (29,549 candles, 147,745 values)", async () => {
  const folder = sharedPath("data/candles/binance");
  if (!requireOrSkip("goldens", folder !== undefined, "data/candles/binance")) return;
  let compared = 0;
  for (const [symbol, fine, coarse, whole] of PAIRS) {
    const files = [fine, coarse].map((length) => `${folder}/${symbol}_${length}.parquet`);
    await withLake(files, async (lake) => {
      const market = instrument({ exchange: "binance", symbol: symbol.replace("USDT", "/USDT") });
      const query = { instrument: market, timeframe: timeframe(fine) };
      const made = await lake.resampled(query, timeframe(coarse));
      const fineCandles = await lake.candles(query), ones = new Float64Array(fineCandles.length).fill(1);
      const counts = resample({ ...fineCandles, volume: ones }, timeframe(coarse)).volume;
      const own = await lake.candles({ instrument: market, timeframe: timeframe(coarse) });
      const rowOf = new Map(Array.from(own.openTimeMs, (time, row) => [time, row]));
      const full = { "1h": { "5m": 12, "15m": 4, "1m": 60 }, "1d": { "1h": 24 } } as Record<
        string,
        Record<string, number>
      >;
      let equal = 0;
      for (let i = 0; i < made.length; i++) {
        const row = rowOf.get(made.openTimeMs[i]!);
        if (row === undefined || counts[i] !== full[coarse]![fine]) continue;
        for (const column of ["open", "high", "low", "close"] as const) {
          assert.equal(made[column][i], own[column][row], `${symbol} ${fine} → ${coarse}: ${column} of row ${i}`);
        }
        assert.ok(
          Math.abs(made.volume[i]! - own.volume[row]!) <= 1e-15 * own.volume[row]!,
          `${symbol} ${fine}: volume ${i}`,
        );
        equal++;
      }
      assert.equal(equal, whole, `${symbol} ${fine} → ${coarse}`);
      compared += equal;
    });
  }
  assert.equal(compared, 29_549);
});

Deno.test("a check finds a flipped byte, a cut file, a sidecar or a month that is gone or not itself, and names it (10 damages)", () =>
  withLake(SAMPLES, async (lake, root) => {
    const sound = await lake.check();
    assert.deepEqual([sound.issues, sound.rows], [[], 20_111 + 1318]);
    const month = "candles/exchange=coinbase/symbol=BTC%2FUSD/timeframe=1h/month=2018-05";
    const parquet = `${root}/${month}.parquet`, sidecar = `${root}/${month}.json`;
    const bytes = await Deno.readFile(parquet), text = await Deno.readTextFile(sidecar);
    const flipped = bytes.slice();
    flipped[bytes.length >> 1]! ^= 1;
    const damages: [name: string, damage: () => Promise<void>, problem: RegExp][] = [
      ["a flipped byte", () => Deno.writeFile(parquet, flipped), /does not have the bytes that were written/],
      ["cut", () => Deno.writeFile(parquet, bytes.subarray(0, 900)), /does not have the bytes that were written/],
      ["no sidecar", () => Deno.remove(sidecar), /has no sidecar/],
      ["no candles", () => Deno.remove(parquet), /is gone, though its sidecar is there/],
      ...["", text.slice(0, 200), "null", text.replace("quality", "equality")].map((
        other,
      ): [string, () => Promise<void>, RegExp] => [
        `the sidecar ${other.slice(0, 8)}`,
        () => Deno.writeTextFile(sidecar, other),
        /has a sidecar that cannot be read/,
      ]),
      [
        "a sidecar that lies",
        () => Deno.writeTextFile(sidecar, text.replace(/"rows": \d+/, '"rows": 3')),
        /is not the one that was written/,
      ],
      [
        "an older sidecar that lies",
        () => Deno.writeTextFile(sidecar, text.replace(/,\s+"seal": "\w+"/, "").replace(/"rows": \d+/, '"rows": 3')),
        /does not hold what its sidecar says/,
      ],
    ];
    for (const [name, damage, problem] of damages) {
      await damage();
      const { issues } = await lake.check();
      assert.deepEqual(issues.map(({ partition }) => partition), [`${month}.parquet`], name);
      assert.match(issues[0]!.problem, problem, name);
      assert.match(issues[0]!.problem, /import or fetch it again/, name);
      if (!/lies|no candles/.test(name)) {
        await assert.rejects(importCandles(root, `${SAMPLES}/BTCUSD_1h.parquet`), /import or fetch it again/, name);
      }
      if (!/^the sidecar|lies/.test(name)) {
        const may = { ...HOURS, from: parseTimestamp("2018-05-03"), to: parseTimestamp("2018-05-04") };
        await assert.rejects(new Lake(root).candles(may), { code: "partition-damaged" }, `${name}, read`);
        await assert.rejects(new Lake(root).candles(HOURS), { code: "partition-damaged" }, `${name}, read with others`);
      }
      await Deno.writeFile(parquet, bytes);
      await Deno.writeTextFile(sidecar, text);
    }
    assert.deepEqual((await lake.check()).issues, []);
  }));

Deno.test("exported candles come back the same, from Parquet without a word, from CSV with its market stated", () =>
  withLake(SAMPLES, async (lake, root) => {
    await inTemporaryFolder(async (folder) => {
      await lake.export(HOURS, `${folder}/any.parquet`);
      await lake.export(HOURS, `${folder}/any.csv`);
      await assert.rejects(lake.export(HOURS, `${folder}/any.xlsx`), /neither in .parquet nor in .csv/);
      const months = Object.entries(await filesBelow(root)).filter(([path]) => /timeframe=1h.*parquet$/.test(path));
      for (
        const [file, options] of [["any.parquet", {}], ["any.csv", {
          exchange: "coinbase",
          symbol: "BTC/USD",
        }]] as const
      ) {
        await inTemporaryFolder(async (other) => {
          const [imported] = await importCandles(other, `${folder}/${file}`, options);
          assert.equal(imported!.added, 20_111, file);
          const again = Object.entries(await filesBelow(other)).filter(([path]) => path.endsWith(".parquet"));
          assert.deepEqual(again, months, file);
        });
      }
    });
  }));

Deno.test("an export is written whole or not at all, and never over the lake's own files (4 paths)", () =>
  withLake(`${SAMPLES}/BTCUSD_1d.parquet`, async (lake, root) => {
    await Deno.mkdir(`${root}/folder.csv`);
    const query = { ...HOURS, timeframe: timeframe("1d") };
    const before = await filesBelow(root), [month] = Object.keys(before).filter((path) => path.endsWith(".parquet"));
    const refused: [path: string, message: RegExp][] = [
      [`${root}/${month}`, /lies among the lake's own files: choose another folder/],
      [`${root}/runs/../candles/new.parquet`, /(lies among the lake's own files|cannot be written): choose/],
      [`${root}/none/a.parquet`, /a.parquet cannot be written: choose a folder that exists/],
      [`${root}/folder.csv`, /folder.csv cannot be written/],
      ["/forbidden.parquet", /forbidden.parquet cannot be written/],
    ];
    for (const [path, message] of refused) {
      await assert.rejects(lake.export(query, path), message, path);
      assert.deepEqual(await filesBelow(root), before, path);
    }
    assert.deepEqual((await lake.check()).issues, []);
  }));

Deno.test("SQL sees every market", () =>
  withLake(SAMPLES, async (lake) => {
    const table = await lake.sql(
      "select timeframe, count(*)::double as rows from candles group by timeframe order by timeframe",
    );
    assert.deepEqual(table.toArray().map((row) => [row.timeframe, row.rows]), [["1d", 1318], ["1h", 20_111]]);
    const wide = await lake.sql("pivot candles on timeframe using count(*) group by symbol"); // two statements to DuckDB
    assert.deepEqual({ ...wide.get(0)! }, { symbol: "BTC/USD", "1d": 1318, "1h": 20_111 });
    await lake.sql("create temp table tops as select max(high) as high from candles where timeframe = '1h'");
    assert.equal((await lake.sql("from tops")).get(0)!.high, Math.max(...(await lake.candles(HOURS)).high));
    for (const [text, reason] of [["select nothing from candles", "nothing"], ["selec 1", "selec"], [" ", ""]]) {
      await assert.rejects(lake.sql(text!), new RegExp(`^InputError: the SQL cannot be run: [^]*${reason}`), text);
    }
  }));

Deno.test("SQL reads no file outside the lake and writes none anywhere (19 ways)", () =>
  inTemporaryFolder(async (folder) => {
    const root = `${folder}/lake`, secret = `${folder}/secret.csv`, sibling = `${root}-other`;
    await importCandles(root, `${SAMPLES}/BTCUSD_1d.parquet`);
    await Deno.mkdir(sibling);
    for (const path of [secret, `${sibling}/a.csv`]) await Deno.writeTextFile(path, "a\n1\n");
    const before = await filesBelow(folder), [month] = Object.keys(before).filter((path) => path.endsWith(".parquet"));
    const lake = new Lake(root);
    for (
      const text of [
        `from read_csv('${secret}')`,
        `from '${secret}'`,
        `from '${sibling}/a.csv'`,
        `from '${root}/../secret.csv'`,
        `select * from read_text('${secret}')`,
        `select * from read_blob('/etc/passwd')`,
        `select * from glob('${folder}/*')`,
        "set enable_external_access = true",
        "set allowed_directories = ['/']",
        "install httpfs",
        "from 'https://127.0.0.1/a.csv'",
        `copy (select 1) to '${secret}'`,
        `copy (select 1) to '${folder}/${month}'`,
        `select 1; copy (select 1) to '${folder}/${month}'`,
        `explain analyze copy (select 1) to '${folder}/${month}'`,
        `prepare p as copy (select 1) to '${folder}/${month}'`,
        `attach '${root}/other.db'`,
        `export database '${root}/other'`,
        "create persistent secret s (type s3)",
      ]
    ) {
      await assert.rejects(lake.sql(text), /the SQL (cannot be run|is no query)/, text);
    }
    await lake.close();
    assert.deepEqual(await filesBelow(folder), before);
  }));
