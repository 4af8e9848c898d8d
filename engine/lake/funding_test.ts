import assert from "node:assert/strict";
import { InputError } from "../errors/mod.ts";
import { instrument, missingSettlements } from "../market/mod.ts";
import { filesBelow, inTemporaryFolder } from "../testing/temporary_folder.ts";
import { formatTimestamp, type TimestampMs } from "../time/mod.ts";
import { openDatabase } from "./duckdb.ts";
import { type ImportedFunding, importFunding, Lake } from "./mod.ts";

const HOUR_MS = 3_600_000, NEW_YEAR_MS = Date.UTC(2020, 0, 1);
const BTC = instrument({ exchange: "binance", symbol: "BTC/USDT" });

/** Writes a file and imports it. */
async function imported(root: string, name: string, text: string, options = {}): Promise<ImportedFunding> {
  await Deno.mkdir(`${root}/binance`, { recursive: true });
  await Deno.writeTextFile(`${root}/binance/${name}`, text);
  return (await importFunding(`${root}/lake`, `${root}/binance/${name}`, options))[0]!;
}

/** What the lake has of a contract: time, rate, hours to the next, mark price. */
async function kept(root: string, market = BTC): Promise<(string | number)[][]> {
  const lake = new Lake(`${root}/lake`);
  try {
    const { timeMs, rate, intervalMs, markPrice } = await lake.funding(market);
    return Array.from(timeMs, (time, i) => [
      formatTimestamp(time as TimestampMs).replace(":00Z", ""),
      rate[i]!,
      intervalMs[i]! / HOUR_MS,
      ...(markPrice[i] === markPrice[i] ? [markPrice[i]!] : []),
    ]);
  } finally {
    await lake.close();
  }
}

const ARCHIVE = `calc_time,funding_interval_hours,last_funding_rate
1577836800006,8,-0.00012359
1577865600000,8,-0.00014973
1577894400041,8,-0.00012114
`;

Deno.test("Binance's monthly file: milliseconds of lateness are taken off, the interval is kept as stated", async () => {
  await inTemporaryFolder(async (root) => {
    const counts = await imported(root, "BTCUSDT-fundingRate-2020-01.csv", ARCHIVE);
    assert.deepEqual([counts.exchange, counts.symbol, counts.rows, counts.added], ["binance", "BTC/USDT", 3, 3]);
    assert.deepEqual(await kept(root), [
      ["2020-01-01T00:00", -0.00012359, 8],
      ["2020-01-01T08:00", -0.00014973, 8],
      ["2020-01-01T16:00", -0.00012114, 8],
    ]);
    const head = ARCHIVE.indexOf("\n") + 1; // older files of the archive have no line of names
    const again = await imported(root, "BTCUSDT-fundingRate-2020-01.csv", ARCHIVE.slice(head));
    assert.deepEqual([again.rows, again.added, again.completed], [3, 0, 0]);
  });
});

Deno.test("answers of Binance, Bybit, OKX and ccxt, our own columns, and text with offsets say the same", async () => {
  const times = [0, 8, 16].map((hour) => NEW_YEAR_MS + hour * HOUR_MS), rates = ["0.0001", "-0.00002", "0"];
  const rows = (row: (time: number, rate: string) => unknown) => times.map((time, i) => row(time, rates[i]!));
  const files: [name: string, content: unknown][] = [
    [
      "api.json",
      rows((time, rate) => ({ symbol: "BTCUSDT", fundingTime: time + 3, fundingRate: rate, markPrice: "" })),
    ],
    [
      "bybit.json",
      {
        retCode: 0,
        result: {
          category: "linear",
          list: rows((time, rate) => ({
            symbol: "BTCUSDT",
            fundingRate: rate,
            fundingRateTimestamp: String(time),
          })).reverse(),
        },
      },
    ],
    [
      "okx.json",
      {
        code: "0",
        data: rows((time, rate) => ({
          instId: "BTC-USDT-SWAP",
          fundingRate: "0.0007",
          realizedRate: rate,
          fundingTime: String(time),
        })),
      },
    ],
    [
      "ccxt.json",
      rows((time, rate) => ({
        info: { symbol: "BTCUSDT" },
        symbol: "BTC/USDT:USDT",
        fundingRate: Number(rate),
        timestamp: time + 12,
        datetime: new Date(time + 12).toISOString(),
      })),
    ],
    ["own.csv", `time,rate,interval_ms,mark_price\n${rows((time, rate) => `${time},${rate},,`).join("\n")}`],
    [
      "table.csv",
      `datetime;fundingRate\n${
        rows((time, rate) => `${new Date(time + HOUR_MS).toISOString().slice(0, 19).replace("T", " ")}+01:00;${rate}`)
          .join("\n")
      }`,
    ],
  ];
  const expected = [["2020-01-01T00:00", 0.0001, 8], ["2020-01-01T08:00", -0.00002, 8], ["2020-01-01T16:00", 0, 8]];
  for (const [name, content] of files) {
    await inTemporaryFolder(async (root) => {
      const text = typeof content === "string" ? content : JSON.stringify(content);
      const { added } = await imported(root, name, text, { symbol: "BTC/USDT" });
      assert.equal(added, 3, name);
      assert.deepEqual(await kept(root), expected, name);
    });
  }
});

Deno.test("Parquet with timestamps, and columns of other names, are read", async () => {
  await inTemporaryFolder(async (root) => {
    const database = await openDatabase([root]);
    await database.connection.run(
      `copy (select timestamp '2020-01-01' + to_hours(i * 4) as "when", (i + 1) * 0.0001 as r, 7000.5 + i as mark_price
       from range(3) t(i)) to '${root}/f.parquet' (format parquet)`,
    );
    database.close();
    const map = { time: "when", rate: "r" };
    await importFunding(`${root}/lake`, `${root}/f.parquet`, { exchange: "binance", symbol: "BTC/USDT", map });
    assert.deepEqual(await kept(root), [
      ["2020-01-01T00:00", 0.0001, 4, 7000.5],
      ["2020-01-01T04:00", 0.0002, 4, 7001.5],
      ["2020-01-01T08:00", 0.0003, 4, 7002.5],
    ]);
  });
});

Deno.test("a second source completes settlements; one that contradicts them needs a word, and nothing is written without it", async () => {
  await inTemporaryFolder(async (root) => {
    await imported(root, "BTCUSDT-fundingRate-2020-01.csv", ARCHIVE);
    const answer = (rate: string, markPrice: string) =>
      JSON.stringify([{ symbol: "BTCUSDT", fundingTime: 1577836800000, fundingRate: rate, markPrice }]);
    const more = await imported(root, "a.json", answer("-0.00012359", "7189.1"));
    assert.deepEqual([more.added, more.completed, more.revised], [0, 1, 0]);
    assert.deepEqual((await kept(root))[0], ["2020-01-01T00:00", -0.00012359, 8, 7189.1]);
    const before = await filesBelow(`${root}/lake`);
    const other = answer("0.0005", "");
    await assert.rejects(
      imported(root, "b.json", other),
      /b.json differs from 1 settlements that are kept already, the first of 2020-01-01T00:00:00Z: import with --revise/,
    );
    assert.deepEqual(await filesBelow(`${root}/lake`), before);
    const revised = await imported(root, "b.json", other, { revise: true });
    assert.deepEqual([revised.added, revised.completed, revised.revised], [0, 0, 1]);
    assert.deepEqual((await kept(root))[0], ["2020-01-01T00:00", 0.0005, 8, 7189.1]);
  });
});

Deno.test("an interval that changes from 8 to 4 to 1 hours is what the rows state, before or after the step, and what they show without", async () => {
  const hours = [0, 8, 16, 20, 24, 25, 26];
  const stated: Record<string, readonly number[]> = {
    "of the step that ends": [8, 8, 8, 4, 4, 1, 1],
    "of the step that begins": [8, 8, 4, 4, 1, 1, 1],
  };
  for (const [name, intervals] of [...Object.entries(stated), ["not at all", null] as const]) {
    await inTemporaryFolder(async (root) => {
      const rows = hours.map((hour, i) => `${NEW_YEAR_MS + hour * HOUR_MS},${intervals?.[i] ?? ""},0.0001`);
      await imported(root, "BTCUSDT-fundingRate-2020-01.csv", [ARCHIVE.split("\n")[0], ...rows].join("\n"));
      assert.deepEqual((await kept(root)).map(([, , interval]) => interval), [8, 8, 4, 4, 1, 1, 1], name);
      const lake = new Lake(`${root}/lake`);
      const [held] = await lake.fundingList(), columns = await lake.funding(BTC);
      await lake.close();
      assert.equal(held!.missing, 0, name);
      const end = NEW_YEAR_MS + 29 * HOUR_MS as TimestampMs;
      assert.deepEqual(
        Array.from(missingSettlements(columns, NEW_YEAR_MS as TimestampMs, end)),
        [27, 28].map((hour) => NEW_YEAR_MS + hour * HOUR_MS),
        name,
      );
    });
  }
});

Deno.test("a settlement that a file leaves out stays left out and is counted, a rate of 0 is a rate", async () => {
  await inTemporaryFolder(async (root) => {
    const rows = [0, 8, 24, 32].map((hour) => `${NEW_YEAR_MS + hour * HOUR_MS},8,${hour === 8 ? 0 : 0.0001}`);
    await imported(root, "BTCUSDT-fundingRate-2020-01.csv", [ARCHIVE.split("\n")[0], ...rows].join("\n"));
    assert.deepEqual((await kept(root)).map(([time, rate]) => [time, rate]), [
      ["2020-01-01T00:00", 0.0001],
      ["2020-01-01T08:00", 0],
      ["2020-01-02T00:00", 0.0001],
      ["2020-01-02T08:00", 0.0001],
    ]);
    const lake = new Lake(`${root}/lake`);
    assert.deepEqual((await lake.fundingList()).map(({ settlements, missing }) => [settlements, missing]), [[4, 1]]);
    await lake.close();
  });
});

Deno.test("a row that repeats a settlement is dropped and counted, one that contradicts it is refused", async () => {
  await inTemporaryFolder(async (root) => {
    const repeated = await imported(root, "BTCUSDT-fundingRate-2020-01.csv", `${ARCHIVE}1577894400000,8,-0.00012114\n`);
    assert.deepEqual([repeated.rows, repeated.added, repeated.duplicates], [4, 3, 1]);
    await assert.rejects(
      imported(root, "BTCUSDT-fundingRate-2020-01.csv", `${ARCHIVE}1577894400000,8,-0.0002\n`),
      /line 5 of .*csv tells of the settlement of 2020-01-01T16:00:00Z again, and otherwise/,
    );
  });
});

Deno.test("a file that cannot be used is refused with the row and the remedy, and leaves no trace (11 cases)", async () => {
  const head = "time,rate\n", at = NEW_YEAR_MS;
  const cases: [name: string, text: string, message: RegExp][] = [
    ["x.csv", `${head}${at},0.0001`, /x.csv does not tell its symbol: add --symbol/],
    ["BTCUSDT.csv", `rate\n0.0001`, /has no column time \(it has rate\): name it with --map time=COLUMN/],
    ["BTCUSDT.csv", `time\n${at}`, /has no column rate/],
    ["BTCUSDT.csv", `${head}${at},0.0001\nsoon,0.1`, /line 3 of BTCUSDT.csv: "soon" is not a time/],
    ["BTCUSDT.csv", `${head}${at + 30_000},0.0001`, /line 2 of BTCUSDT.csv: .* more than 15 s off a full minute/],
    ["BTCUSDT.csv", `${head}${at},`, /line 2 of BTCUSDT.csv: "" is not a rate.*leave out settlements/],
    ["BTCUSDT.csv", `${head}${at},1.5`, /"1.5" is not a rate/],
    ["BTCUSDT.csv", `time,rate,interval\n${at},0.1,often`, /"often" in column interval is not the time between/],
    ["BTCUSDT.json", "{}", /BTCUSDT.json holds no list of settlements/],
    ["BTCUSDT.json", "[", /BTCUSDT.json is not JSON/],
    [
      "BTCUSDT.json",
      JSON.stringify([{ symbol: "BTCUSDT", time: at, rate: 0 }, { symbol: "ETHUSDT", time: at, rate: 0 }]),
      /settlement 2 of BTCUSDT.json is of ETHUSDT, the first of BTCUSDT: import one file per symbol/,
    ],
  ];
  await inTemporaryFolder(async (root) => {
    await Deno.mkdir(`${root}/lake`);
    for (const [name, text, message] of cases) {
      await assert.rejects(
        imported(root, name, text),
        (error) => error instanceof InputError && message.test(error.message),
        name,
      );
    }
    await assert.rejects(
      imported(root, "x.json", JSON.stringify([{ symbol: "ETHUSDT", time: at, rate: 0 }]), { symbol: "BTC/USDT" }),
      /x.json holds funding of ETH\/USDT, not of BTC\/USDT: mend --symbol/,
    );
    assert.deepEqual(await filesBelow(`${root}/lake`), {});
  });
});

Deno.test("a check finds funding that is damaged, cut, gone, or not what its sidecar says, and names it (8 damages)", async () => {
  await inTemporaryFolder(async (root) => {
    await imported(root, "BTCUSDT-fundingRate-2020-01.csv", ARCHIVE);
    const name = "funding/exchange=binance/symbol=BTC%2FUSDT/funding.parquet", path = `${root}/lake/${name}`;
    const sidecar = path.replace(/parquet$/, "json"), lake = new Lake(`${root}/lake`);
    const sound = await lake.check();
    assert.deepEqual([sound.partitions, sound.settlements, sound.issues], [1, 3, []]);
    const bytes = await Deno.readFile(path), text = await Deno.readTextFile(sidecar);
    const older = text.replace(/,\s+"seal": "\w+"/, ""); // as sidecars were before they had a seal
    const damages: [damage: () => Promise<void>, problem: RegExp, isUsed?: true][] = [
      [() => Deno.writeTextFile(sidecar, text.replace('"rows": 3', '"rows": 4')), /is not the one that was written/],
      [
        () => Deno.writeFile(path, bytes.map((byte, i) => i === 40 ? byte ^ 1 : byte)),
        /does not have the bytes that were written/,
      ],
      [() => Deno.writeFile(path, bytes.subarray(0, 300)), /does not have the bytes that were written/],
      [() => Deno.remove(sidecar), /has no sidecar/],
      [() => Deno.writeTextFile(sidecar, text.slice(0, 100)), /has a sidecar that cannot be read/],
      [
        () => Deno.writeTextFile(sidecar, older.replace('"rows": 3', '"rows": 4')),
        /not hold what its sidecar says/,
        true,
      ],
      [
        () => Deno.writeTextFile(sidecar, older.replace('"missing": 0', '"missing": 2')),
        /not hold what its sidecar says/,
        true,
      ],
      [() => Deno.remove(path), /is gone, though its sidecar is there/, true],
    ];
    for (const [damage, problem, isUsed = false] of damages) {
      await damage();
      const { issues } = await lake.check();
      assert.deepEqual(issues.map(({ partition }) => partition), [name]);
      assert.match(issues[0]!.problem, problem);
      assert.match(issues[0]!.problem, /import or fetch it again/);
      if (!isUsed) await assert.rejects(lake.funding(BTC), problem);
      await Deno.writeFile(path, bytes);
      await Deno.writeTextFile(sidecar, text);
    }
    assert.deepEqual((await lake.check()).issues, []);
    await lake.close();
  });
});

Deno.test("funding answers SQL, by exchange and symbol", async () => {
  await inTemporaryFolder(async (root) => {
    await imported(root, "BTCUSDT-fundingRate-2020-01.csv", ARCHIVE);
    await imported(root, "ETHUSDT-fundingRate-2020-01.csv", ARCHIVE.split("\n").slice(0, 2).join("\n"));
    const lake = new Lake(`${root}/lake`);
    const rows = await lake.sql(
      "select exchange, symbol, count(*) as settlements, sum(rate) as rate from funding group by all order by symbol",
    );
    assert.deepEqual(rows.toArray().map((row) => Object.values(row.toJSON())), [
      ["binance", "BTC/USDT", 3, -0.00012359 - 0.00014973 - 0.00012114],
      ["binance", "ETH/USDT", 1, -0.00012359],
    ]);
    await lake.close();
  });
});

Deno.test("a contract of which there is no funding is refused with what there is", async () => {
  await inTemporaryFolder(async (root) => {
    await imported(root, "BTCUSDT-fundingRate-2020-01.csv", ARCHIVE);
    await assert.rejects(
      kept(root, instrument({ exchange: "binance", symbol: "ETH/USDT" })),
      /no funding of binance:ETH\/USDT, but of binance:BTC\/USDT: import it with candles import FILE --kind funding/,
    );
  });
});
