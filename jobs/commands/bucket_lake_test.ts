// The commands on a lake in a bucket, with the permissions that users have.
import assert from "node:assert/strict";
import { S3Server } from "../../engine/testing/s3_server.ts";
import { programOn, swingingDays, withProgram } from "../testing/program.ts";

const RUN = ["--strategy", "sma-cross", "--symbol", "BTC/USDT", "--timeframe", "1d", "--json"];

Deno.test("commands import into a bucket, read it and check it as they do a folder, with the same run", () =>
  S3Server.with((server) =>
    withProgram(swingingDays(200), async (onFolder, folder, ledger) => {
      const bucket = server.environment("lake"), dataDir = `${folder}/beside`;
      await Deno.mkdir(dataDir);
      const program = programOn(dataDir, { CRYPTO_TRADER_LEDGER: ledger, ...bucket });
      const json = async (...args: string[]) => {
        const { code, stdout, stderr } = await program(...args, "--json");
        assert.equal(code, 0, stderr);
        return JSON.parse(stdout);
      };
      await json("candles", "import", `${folder}/BTCUSDT_1d.csv`, "--exchange", "test");
      const { holdings } = await json("candles", "list");
      assert.deepEqual(holdings.map(({ symbol, rows }: { symbol: string; rows: number }) => [symbol, rows]), [
        ["BTC/USDT", 200],
      ]);
      assert.deepEqual((await json("candles", "check")).issues, []);
      const own = JSON.parse((await onFolder("backtest", ...RUN)).stdout);
      const { hash, metrics } = await json("backtest", ...RUN.slice(0, -1));
      assert.deepEqual([hash, metrics], [own.hash, own.metrics]);
      await json("verify", hash);
      const sweep = await json("sweep", ...RUN.slice(0, -1), "--grid", "fast=5:9:2", "--processes", "1");
      assert.equal(sweep.trials.length, 3);
      const notebook = "import { candles } from './engine/mod.ts'; " +
        "const { length } = await candles('BTC/USDT', '1d'); console.log(length); Deno.exit()";
      const cell = await new Deno.Command(Deno.execPath(), { args: ["eval", notebook], env: bucket }).output();
      assert.equal(new TextDecoder().decode(cell.stdout), "200\n", new TextDecoder().decode(cell.stderr));
      const retention = await json("candles", "retention", "--keep-days", "1");
      assert.equal(retention.dryRun, true);
      assert.ok(retention.months.every(({ neededBy }: { neededBy: string[] }) => neededBy.includes(hash)));
      const nothing = await json("candles", "retention", "--keep-days", "1", "--apply");
      assert.deepEqual([nothing.removed.length, nothing.kept.length], [0, 7], "a kept run was made of all of them");
      assert.equal((await program("candles", "retention", "--drop")).code, 2);
      const names = Array.from(Deno.readDirSync(dataDir), ({ name }) => name);
      assert.ok(!names.includes("candles"), "nothing of the lake lies in the folder");
      const wrong = await programOn(dataDir, { ...bucket, AWS_SECRET_ACCESS_KEY: "" })("candles", "list");
      assert.match(wrong.stderr, /there are no keys for it: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY/);
      const absent = await programOn(dataDir, { ...bucket, LAKE_URL: "s3://elsewhere/lake" })("candles", "list");
      assert.match(absent.stderr, /NoSuchBucket: make the bucket, or mend the address in LAKE_URL/);
      const settings = await json("doctor");
      assert.doesNotMatch(JSON.stringify(settings), /swordfish/);
      const part = settings.parts.find(({ name }: { name: string }) => name === "lake");
      assert.match(part.detail, /^s3:\/\/lake\/lake, as LAKE_URL says/);
    })
  ));
