// Through the program, as a user meets it: one sentence that names the thing and the remedy, and nothing half-written.
import assert from "node:assert/strict";
import { filesBelow } from "../../engine/testing/temporary_folder.ts";
import { type Answer, programOn } from "../testing/program.ts";

const program = (dataDir: string, ...args: string[]) => programOn(dataDir)(...args);

/** The program's own words: progress and Deno's echo of the task are none. */
const said = ({ stderr }: Answer) =>
  stderr.split("\n").filter((line) => line !== "" && !/^(Task |import \d|backtest \d)/.test(line));

const DAY_MS = 86_400_000;
const rows = Array.from(
  { length: 40 },
  (_, i) => `${Date.UTC(2024, 0, 1) + i * DAY_MS},${100 + i},${102 + i},${98 + i},${101 + i},5`,
);
const HEAD = "time,open,high,low,close,volume";
const csv = (lines: readonly string[] = rows, head = HEAD) => `${[head, ...lines].join("\n")}\n`;
const replaced = (line: number, text: string) => csv(rows.map((row, i) => i === line ? text : row));

Deno.test("bad input ends with one sentence, status 1 or 2, no stack, and every byte of the data as it was (36 cases)", async (t) => {
  await Deno.mkdir("data", { recursive: true });
  const dataDir = await Deno.makeTempDir({ dir: "data", prefix: "bad_input_test_" });
  const inputs = await Deno.makeTempDir();
  const file = async (name: string, content: string | Uint8Array) => {
    const path = `${inputs}/${name}`;
    await (typeof content === "string" ? Deno.writeTextFile(path, content) : Deno.writeFile(path, content));
    return path;
  };
  try {
    const good = await file("BTCUSDT_1d.csv", csv());
    assert.equal((await program(dataDir, "candles", "import", good, "--exchange", "test")).code, 0);
    const sample = await Deno.readFile("data/samples/coinbase/BTCUSD_1d.parquet");
    const stated = ["--exchange", "test", "--symbol", "BTC/USDT", "--timeframe", "1d"];
    const imports = async (
      name: string,
      content: string | Uint8Array,
    ) => ["candles", "import", await file(name, content), ...stated];
    const backtest = (
      ...args: string[]
    ) => ["backtest", "--strategy", "sma-cross", "--symbol", "BTC/USDT", "--timeframe", "1d", ...args];
    const cases: [name: string, args: string[], message: RegExp][] = [
      [
        "a file that is not there",
        ["candles", "import", `${inputs}/none.csv`],
        /there is no file or folder .*none\.csv: check the path/,
      ],
      [
        "a wrong column",
        await imports("a.csv", csv(rows, "time,open,high,low,last,volume")),
        /no column close .*--map close=COLUMN/,
      ],
      [
        "text in a number",
        await imports("b.csv", replaced(7, `${Date.UTC(2024, 0, 8)},abc,2,1,1,1`)),
        /line 9 of b\.csv: "abc" in column open/,
      ],
      [
        "time going backwards",
        await imports("c.csv", replaced(7, rows[3]!)),
        /line 9 of c\.csv \(2024-01-04.*goes back in time.*--sort/,
      ],
      [
        "two symbols in one file",
        await imports("d.csv", csv(rows.map((row, i) => `${i % 2 ? "BTC" : "ETH"}USDT,${row}`), `symbol,${HEAD}`)),
        /BTCUSDT and ETHUSDT: import one file per symbol/,
      ],
      [
        "a truncated Parquet file",
        await imports("e.parquet", sample.subarray(0, 9_000)),
        /e\.parquet cannot be read: .*cut off/,
      ],
      ["a file that is no candles", await imports("f.csv", "hello\n"), /no column time/],
      [
        "an unknown strategy",
        ["backtest", "--strategy", "moon", "--symbol", "BTC/USDT", "--timeframe", "1d"],
        /no strategy "moon": there are sma-cross/,
      ],
      ["an unknown parameter", backtest("--param", "quick=3"), /quick.*fast, slow|fast, slow.*quick/],
      [
        "a value out of range",
        backtest("--param", "fast=1"),
        /parameter fast of sma-cross cannot be "1": it takes a whole number from 2/,
      ],
      ["a value that is no number", backtest("--param", "fast=many"), /parameter fast of sma-cross cannot be "many"/],
      [
        "an empty range of time",
        backtest("--from", "2024-02-01", "--to", "2024-01-01"),
        /range from 2024-02-01 to 2024-01-01 is empty/,
      ],
      [
        "a range without candles",
        backtest("--from", "2030-01-01"),
        /they reach from 2024-01-01T00:00:00Z to 2024-02-09/,
      ],
      ["a date that is none", backtest("--from", "2024-02-31"), /2024-02-31/],
      [
        "an unknown market",
        ["backtest", "--strategy", "sma-cross", "--symbol", "DOGE/USDT", "--timeframe", "1d"],
        /no 1d candles of DOGE\/USDT: it has BTC\/USDT 1d/,
      ],
      [
        "an unknown timeframe",
        ["backtest", "--strategy", "sma-cross", "--symbol", "BTC/USDT", "--timeframe", "1x"],
        /1x/,
      ],
      [
        "a spec that is not there",
        ["backtest", "--spec", `${inputs}/none.json`],
        /none\.json cannot be read: check the path/,
      ],
      ["a spec that is no JSON", ["backtest", "--spec", await file("g.json", "{ no")], /g\.json is not JSON/],
      ["a spec with an unknown field", [
        "backtest",
        "--spec",
        await file(
          "h.json",
          JSON.stringify({
            strategy: "sma-cross",
            markets: [{ exchange: "test", symbol: "BTC/USDT" }],
            timeframe: "1d",
            fees: 3,
          }),
        ),
      ], /run spec.*fees/],
      ["no strategy at all", ["backtest", "--symbol", "BTC/USDT"], /needs --strategy and --timeframe/],
      [
        "an unknown indicator",
        ["indicators", "compute", "zigzag", "--symbol", "BTC/USDT", "--timeframe", "1d"],
        /zigzag/,
      ],
      ["a value that names no parameter", backtest("--param", "fast"), /"fast" is not NAME=VALUE, as in fast=10/],
      ["unknown fill rules", backtest("--fill-rules", "moon"), /"fillRules" .*: use one of default, /],
      ["cash below nothing", backtest("--cash-quote", "-5"), /--cash-quote: -5 .* a number above 0/],
      ["a fee that is no number", backtest("--taker-bps", "ten"), /"ten" is not a number/],
      ["a market twice", backtest("--symbol", "BTC/USDT"), /has BTC\/USDT of test twice: name a market once/],
      [
        "an exchange without the market",
        backtest("--exchange", "kraken"),
        /kraken:BTC\/USDT: there are test BTC\/USDT/,
      ],
      [
        "a spec that is cut off",
        ["backtest", "--spec", await file("i.json", '{"strategy": "sma-cross",\n"markets": [')],
        /i\.json is not JSON .*: mend it/,
      ],
      ["a spec beside options", backtest("--spec", `${inputs}/g.json`), /--spec says everything: leave out --strategy/],
      [
        "candles that differ from those kept",
        await imports("j.csv", replaced(7, `${Date.UTC(2024, 0, 8)},107,109,105,107.5,5`)),
        /differs from 1 candles .* 2024-01-08.*--revise/,
      ],
      [
        "another timeframe than the file's",
        ["candles", "import", good, "--exchange", "test", "--timeframe", "1h"],
        /holds 1d candles, not 1h: state --timeframe 1d/,
      ],
      ["an option that is none", ["candles", "import", good, "--fast"], /unknown option '--fast'/],
      [
        "a folder without candles",
        ["candles", "import", (await Deno.mkdir(`${inputs}/empty`), `${inputs}/empty`)],
        /empty holds no \.parquet, \.feather, \.csv or \.zip file: choose another folder/,
      ],
      [
        "an export to a folder that the task may not write",
        ["candles", "export", `${inputs}/out.csv`, "--symbol", "BTC/USDT", "--timeframe", "1d"],
        /out\.csv cannot be written: choose a folder that exists and may be written/,
      ],
      [
        "an export of an empty range",
        [
          "candles",
          "export",
          `${dataDir}/out.csv`,
          "--symbol",
          "BTC/USDT",
          "--timeframe",
          "1d",
          "--from",
          "2030",
        ],
        /they reach from 2024-01-01/,
      ],
      ["a demo from nowhere", ["demo", "--no-serve", "--from", `${inputs}/none`], /no file or folder .*none: check/],
    ];
    const before = await filesBelow(dataDir), sources = await filesBelow(inputs);
    for (const [name, args, message] of cases) {
      await t.step(name, async () => {
        const answer = await program(dataDir, ...args, "--json");
        assert.ok(answer.code === 1 || answer.code === 2, `status ${answer.code}`);
        const words = said(answer);
        assert.equal(words.length, 1, answer.stderr);
        assert.match(words[0]!, message);
        assert.match(words[0]!, /^error: .{20,}/);
        assert.doesNotMatch(answer.stderr, /\.ts:\d|unexpected/);
        assert.equal(answer.stdout, "");
        assert.deepEqual(await filesBelow(dataDir), before);
      });
    }
    for (
      const name of ["a wrong column", "a truncated Parquet file", "a value out of range", "a spec that is no JSON"]
    ) {
      await t.step(`with --debug the stack follows: ${name}`, async () => {
        const [, args, message] = cases.find(([known]) => known === name)!;
        const answer = await program(dataDir, ...args, "--debug");
        assert.match(answer.stderr, message);
        assert.match(answer.stderr, /\nerror: [^]*\n\s+at .*\.ts:\d|^error: [^]*\n\s+at .*\.ts:\d/);
      });
    }
    await t.step("a data folder that was not there is not made", async () => {
      const answer = await program(
        `${dataDir}/new`,
        ...await imports("k.csv", csv(rows, "time,open,high,low,last,volume")),
      );
      assert.equal(answer.code, 1);
      await assert.rejects(Deno.stat(`${dataDir}/new`), Deno.errors.NotFound);
    });
    await t.step("the sources are as they were", async () => {
      const { "k.csv": _, ...kept } = await filesBelow(inputs);
      assert.deepEqual(kept, sources);
    });
  } finally {
    await Deno.remove(dataDir, { recursive: true });
    await Deno.remove(inputs, { recursive: true });
  }
});
