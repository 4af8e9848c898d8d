// A disk that is full at any moment of a write: on a small one in memory, with one page more of room at each try.
import { BlobWriter, TextReader, ZipWriter } from "@zip.js/zip.js";
import assert from "node:assert/strict";
import { InputError } from "../errors/mod.ts";
import { type CandleColumns, instrument } from "../market/mod.ts";
import { exampleTrials } from "../testing/example_trials.ts";
import { type Bar, runScript } from "../testing/scripted_run.ts";
import { fillUpTo, onSmallDisk } from "../testing/small_disk.ts";
import { filesBelow, inTemporaryFolder } from "../testing/temporary_folder.ts";
import { timeframe, type TimestampMs } from "../time/mod.ts";
import {
  appendTrials,
  checkLedger,
  importCandles,
  Lake,
  ledgerPath,
  listRuns,
  readRun,
  storeCandles,
  storeFunding,
  storeListings,
  writeRun,
} from "./mod.ts";

const DISK_BYTES = 1 << 20, HOUR_MS = 3_600_000, FEBRUARY_MS = Date.UTC(2024, 1, 1);
const MARKET = instrument({ exchange: "test", symbol: "BTC/USDT" }), HOUR = timeframe("1h");
const SOURCE = { exchange: "test", symbol: "BTC/USDT", timeframe: "1h" };

/** Hours around midnight of 1 February, so that two months are written. */
function hours(from: number, to: number): CandleColumns {
  const column = (value: (hour: number) => number) =>
    Float64Array.from({ length: to - from }, (_, i) => value(from + i));
  // Prices that do not pack well, so that a file has several pages.
  const price = (hour: number) => 100 + Math.abs(Math.sin(hour * 12.9898) * 43758.5453) % 1;
  return {
    instrument: MARKET,
    timeframe: HOUR,
    length: to - from,
    openTimeMs: column((hour) => FEBRUARY_MS + hour * HOUR_MS),
    open: column(price),
    high: column((hour) => price(hour) + 2),
    low: column((hour) => price(hour) - 2),
    close: column((hour) => price(hour + 1)),
    volume: column((hour) => price(hour + 2)),
  };
}

async function writeTable(path: string, candles: CandleColumns): Promise<string> {
  await Deno.writeTextFile(path, tableOf(candles));
  return path;
}

/** The same in an archive, which is unpacked beside the lake. */
async function writeArchive(path: string, candles: CandleColumns): Promise<string> {
  const zip = new ZipWriter(new BlobWriter(), { useWebWorkers: false });
  await zip.add("candles.csv", new TextReader(tableOf(candles)));
  await Deno.writeFile(path, (await zip.close()).stream());
  return path;
}

function tableOf(candles: CandleColumns): string {
  const { openTimeMs, open, high, low, close, volume } = candles;
  const rows = Array.from(openTimeMs, (time, i) => [time, open[i], high[i], low[i], close[i], volume[i]].join(","));
  return ["time,open,high,low,close,volume", ...rows].join("\n");
}

const FIRST = hours(-60, 60), SECOND = hours(-200, 200);
const FETCH = { provider: "test", how: "fetch" } as const;

/** What reads the same before and after: candles of each month, and that the lake is sound. */
async function closesByMonth(root: string): Promise<Record<string, string>> {
  const lake = new Lake(root);
  try {
    assert.deepEqual((await lake.check()).issues, []);
    const { openTimeMs, close } = await lake.candles({ instrument: MARKET, timeframe: HOUR });
    const months: Record<string, string> = {};
    for (const [i, time] of openTimeMs.entries()) {
      const month = new Date(time).toISOString().slice(0, 7);
      months[month] = `${months[month] ?? ""}${time} ${close[i]}\n`;
    }
    return months;
  } finally {
    await lake.close();
  }
}

/**
 * Makes `change` with no room at all, then with a page more each time until there is enough. What it refuses is said, and
 * {@linkcode look} sees the old or the new each time; with room made, the same change ends in the files of an undisturbed one.
 */
async function withEachRoom(
  prepare: (root: string) => Promise<unknown>,
  change: (root: string) => Promise<unknown>,
  look: (root: string) => Promise<Record<string, string>>,
): Promise<void> {
  const [before, after, files] = await inTemporaryFolder(async (root) => {
    await prepare(root);
    const old = await look(root);
    await change(root);
    return [old, await look(root), await filesBelow(root)] as const;
  });
  let refused = 0, isEnough = false;
  for (let pages = 0; !isEnough; pages++) {
    const isMounted = await onSmallDisk(DISK_BYTES, async (disk) => {
      const root = `${disk}/lake`;
      await prepare(root);
      const ballast = await fillUpTo(disk, pages, DISK_BYTES);
      const problem = await change(root).then(() => null, (error) => error);
      isEnough = problem === null;
      if (!isEnough) {
        refused++;
        assert.ok(problem instanceof InputError && problem.code === "disk-full", `${pages} pages: ${problem.stack}`);
        assert.match(problem.message, /^the disk of .* has no room left; .* make room, and run this again/);
        for (const [part, seen] of Object.entries(await look(root))) {
          assert.ok(seen === before[part] || seen === after[part], `${part} is old or new with ${pages} pages free`);
        }
      }
      await Deno.remove(ballast);
      await change(root);
      assert.deepEqual(await filesBelow(root), files, `with room made after ${pages} pages`);
    });
    if (!isMounted) return;
  }
  assert.ok(refused >= 3, `${refused} times there was too little room`);
}

Deno.test("an import of an archive on a full disk says so and changes no month in part, and with room made ends as if undisturbed", () =>
  inTemporaryFolder(async (sources) => {
    const [first, second] = [
      await writeTable(`${sources}/first.csv`, FIRST),
      await writeArchive(`${sources}/second.zip`, SECOND),
    ];
    await withEachRoom(
      (root) => importCandles(root, first, SOURCE),
      (root) => importCandles(root, second, { ...SOURCE, checksum: false }),
      closesByMonth,
    );
  }));

Deno.test("what a venue gave is not kept in part on a full disk, and kept when it is asked again", () =>
  withEachRoom(
    (root) => storeCandles(root, FIRST, FETCH),
    (root) => storeCandles(root, SECOND, FETCH),
    closesByMonth,
  ));

const CONTRACT = instrument({ exchange: "test", symbol: "BTC/USDT", kind: "linear" });

/** Settlements and listings, as text each. */
async function fundingAndListings(root: string): Promise<Record<string, string>> {
  const lake = new Lake(root);
  try {
    assert.deepEqual((await lake.check()).issues, []);
    return {
      funding: `${await lake.sql("select time, rate from funding order by time")}`,
      listings: JSON.stringify(await lake.listings("test")),
    };
  } finally {
    await lake.close();
  }
}

Deno.test("funding and listings that a venue told are kept whole or not at all on a full disk, and kept when told again", () => {
  const settlements = (count: number) =>
    Array.from({ length: count }, (_, i) => ({
      timeMs: FEBRUARY_MS + i * 8 * HOUR_MS,
      rate: `0.00${1_000 + i * 7919 % 9_000}`,
    }));
  const listings = (count: number) =>
    Array.from({ length: count }, (_, i) => ({
      exchange: "test",
      symbol: `S${i * 7919 % 100_003}/USDT`,
      listedAtMs: FEBRUARY_MS + i * HOUR_MS as TimestampMs,
      delistedAtMs: null,
      renamedTo: null,
    }));
  const told = async (root: string, count: number) => {
    await storeFunding(root, CONTRACT, settlements(count));
    await storeListings(root, "test", listings(count));
  };
  return withEachRoom((root) => told(root, 20), (root) => told(root, 500), fundingAndListings);
});

Deno.test("a run on a full disk is kept whole or not at all, and kept when it is made again", async () => {
  const bars: Bar[] = Array.from({ length: 400 }, (_, i) => {
    const close = 100 + 10 * Math.sin(i / 5);
    return [close, close + 1, close - 1, close];
  });
  const run = await runScript(
    (context, candle) => candle % 20 === 3 ? context.buy() : candle % 20 === 9 && context.exit(),
    bars,
  );
  const uncounted = (problem: Error) => {
    throw problem.cause;
  };
  await withEachRoom(
    (root) => Deno.mkdir(root, { recursive: true }),
    (root) => writeRun(root, run, { uncounted }),
    async (root) => {
      const hashes = await listRuns(root);
      for (const hash of hashes) assert.equal((await readRun(root, hash)).trades.length, run.trades.length);
      return { runs: hashes.join() };
    },
  );
});

Deno.test("trials that find no room in the ledger are not counted in part, and are counted when appended again", () =>
  withEachRoom(
    (root) => appendTrials(ledgerPath(root), exampleTrials(0, 30)),
    (root) => appendTrials(ledgerPath(root), exampleTrials(0, 60)),
    async (root) => {
      const { faults } = await checkLedger(ledgerPath(root));
      return { faults: faults.map(({ kind }) => kind).join() };
    },
  ));
