import assert from "node:assert/strict";
import { csvParse } from "d3-dsv";
import { openDatabase } from "../../engine/database/mod.ts";
import { oldSessions } from "../../engine/testing/old_sessions.ts";
import { removeDataFolder } from "../../engine/testing/servers.ts";
import { feeRevisionId } from "../../engine/live/mod.ts";
import { fee, parseDecimal } from "../../engine/money/mod.ts";
import { assertClose } from "../../engine/testing/assert_close.ts";
import { programOn, swingingDays, withProgram } from "../testing/program.ts";

interface Row {
  readonly [name: string]: string;
}
const sum = (rows: readonly Row[], column: string) => rows.reduce((total, row) => total + Number(row[column]), 0);

Deno.test("lots of a kept run come to its profit by every method, and their CSV says the same as their JSON", async () => {
  await withProgram(swingingDays(400), async (program, dataDir) => {
    const backtest = ["backtest", "--strategy", "sma-cross", "--symbol", "BTC/USDT", "--timeframe", "1d"];
    const run = JSON.parse(
      (await program(...backtest, "--param", "fast=3", "slow=8", "--kind", "linear", "--json")).stdout,
    );
    const closed = run.trades.reduce((total: number, { pnl }: { pnl: number }) => total + pnl, 0);
    assert.ok(run.trades.length > 5, `${run.trades.length} trades`);
    for (const method of ["fifo", "lifo", "hifo"]) {
      const file = `${dataDir}/lots.csv`;
      const answered = await program(
        "portfolio",
        "lots",
        run.hash.slice(0, 12),
        "--method",
        method,
        "--csv",
        file,
        "--json",
      );
      assert.equal(answered.code, 0, answered.stderr);
      const { disposals, totals, fills, unmatched, open, method: own } = JSON.parse(answered.stdout);
      assert.deepEqual([own, unmatched, fills % 2], [method, [], open.length % 2]);
      const rows = csvParse(await Deno.readTextFile(file)) as unknown as Row[];
      assert.equal(rows.length, disposals.length);
      rows.forEach((row, i) => assert.equal(row.gain, disposals[i].gain));
      assertClose(sum(rows, "gain"), Number(totals.USDT.gain), "gain");
      assert.equal(open.length, run.notes.openTrades.length);
      assertClose(Number(totals.USDT.gain), closed, method);
    }
    const twice = await program("portfolio", "lots", run.hash, "--year", "2025", "--long-after-days", "10");
    assert.match(twice.stdout, /disposals? of run \w{10} in 2025, fifo, long-term after 10 days; \d+ lots? open/);
    assert.match(twice.stdout, /settled in +disposals +proceeds/);
  });
});

Deno.test("fills of a kept run are written as CSV with every digit and CRLF", async () => {
  await withProgram(swingingDays(200), async (program, dataDir) => {
    const backtest = ["backtest", "--strategy", "rsi-reversion", "--symbol", "BTC/USDT", "--timeframe", "1d", "--json"];
    const { hash } = JSON.parse((await program(...backtest)).stdout), file = `${dataDir}/fills.csv`;
    const { stdout, code } = await program("portfolio", "fills", hash, "--csv", file, "--json");
    assert.equal(code, 0);
    const shown = (await program("portfolio", "fills", hash)).stdout;
    assert.match(shown, /^time +market +side +quantity +price +value +fee +fee asset +liquidity$/m);
    const { fills } = JSON.parse(stdout), text = await Deno.readTextFile(file);
    assert.ok(fills.length > 2);
    assert.ok(shown.includes(fills.at(-1).time));
    assert.equal(text.split("\r\n").length, fills.length + 2);
    assert.equal(text.split("\r\n")[0], Object.keys(fills[0]).join(","));
    const [first] = csvParse(text) as unknown as Row[];
    assert.deepEqual({ ...first, fee_worth: null }, fills[0]);
    assert.match(first!.time!, /^2024-\d\d-\d\dT00:00:00Z$/);
    // What was paid is price × quantity, to the last digit.
    const [value, quantity, price] = [first!.value, first!.quantity, first!.price].map((digits) =>
      parseDecimal(digits!, 24)
    );
    assert.equal(value! * 10n ** 24n, quantity! * price!);
  });
});

Deno.test("lots and fills of an account come from the journal, and what is missing there is said", async () => {
  await Deno.mkdir("data", { recursive: true });
  const dataDir = await Deno.makeTempDir({ dir: "data", prefix: "portfolio_test_" });
  try {
    const database = await openDatabase({ databaseUrl: null, dataDir });
    await oldSessions(database);
    const { sql } = database,
      [{ tradeId }] = await sql`select trade_id as "tradeId" from fills where account = 'holding'`;
    await sql`insert into adjustments (account, id, session_id, asset, amount, reason, time_ms)
      values ('holding', ${
      feeRevisionId({ tradeId, feeAsset: "USDT", fee: fee("0.25") })
    }, 'holding', 'USDT', -0.25, '', 950)`;
    await database.close();
    const program = programOn(dataDir),
      json = async (...args: string[]) => {
        const { stdout, stderr, code } = await program("portfolio", ...args, "--json");
        assert.equal(code, 0, stderr);
        return JSON.parse(stdout);
      };
    const done = await json("lots", "--account", "done");
    assert.deepEqual([done.of, done.fills, done.disposals.length, done.open.length], ["account done", 2, 1, 0]);
    const holding = await json("lots", "--account", "holding");
    assert.deepEqual([holding.disposals.length, holding.open.length], [0, 1]);
    const [late] = (await json("fills", "--account", "holding")).fills;
    assert.equal(Number(late.fee), 0.25, "the fee that the venue told later");
    const { fills, notes } = await json("fills", "--account", "done", "--session", "done");
    assert.deepEqual(fills.map(({ side }: Row) => side), ["buy", "sell"]);
    assert.equal(fills[0].fee, "0.000000000000000000000001");
    assert.match(notes.join(), /Of one session only/);
    assert.equal((await program("journal", "retention", "--journal-days", "1")).code, 0);
    assert.match((await json("lots", "--account", "done")).notes.join(), /sessions that ended long ago were archived/);
    const nobody = await program("portfolio", "lots", "--account", "nobody");
    assert.deepEqual([nobody.code, /has no account "nobody": it has done, holding/.test(nobody.stderr)], [1, true]);
  } finally {
    await removeDataFolder(dataDir);
  }
});

Deno.test("wrong use is one sentence, and no file is written", async () => {
  await withProgram(swingingDays(60), async (program, dataDir) => {
    const cases: [string[], number, RegExp][] = [
      [["lots"], 2, /say whose fills: a kept run by its hash, or --account NAME/],
      [["lots", "abc", "--account", "main"], 2, /say whose fills/],
      [["lots", "abc", "--session", "one"], 2, /--session and --kind are about an account/],
      [["lots", "abc"], 1, /there is no run abc/],
      [["lots", "abc", "--year", "25"], 2, /25 is no year: write it as 2025/],
      [["lots", "abc", "--method", "best"], 2, /Allowed choices are fifo, lifo, hifo/],
    ];
    for (const [args, status, message] of cases) {
      const { code, stderr } = await program("portfolio", ...args, "--csv", `${dataDir}/no.csv`);
      assert.deepEqual([code, message.test(stderr)], [status, true], `${args}: ${stderr}`);
      await assert.rejects(() => Deno.stat(`${dataDir}/no.csv`));
    }
    const run = ["backtest", "--strategy", "buy-and-hold", "--symbol", "BTC/USDT", "--timeframe", "1d", "--json"];
    const { hash } = JSON.parse((await program(...run)).stdout);
    const nowhere = await program("portfolio", "fills", hash, "--csv", `${dataDir}/none/fills.csv`);
    assert.match(nowhere.stderr, /there is no folder for .*fills\.csv: make it, or write to another/);
    const outside = await program("portfolio", "fills", hash, "--csv", "/tmp/fills.csv");
    assert.deepEqual(
      [outside.code, /this task may not write \/tmp\/fills\.csv/.test(outside.stderr)],
      [1, true],
      outside.stderr,
    );
  });
});
