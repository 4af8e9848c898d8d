// All of it as a user has it: the supervisor, its processes and the queue, on the embedded database and on real servers.
import assert from "node:assert/strict";
import { RedisServer } from "../../engine/testing/redis_server.ts";
import { withSystemServer } from "../../engine/testing/servers.ts";
import { programOn, swingingDays, withProgram } from "../testing/program.ts";
import { signal, Started } from "../testing/started.ts";

const SWEEP = ["--strategy", "sma-cross", "--symbol", "BTC/USDT", "--timeframe", "1d"];
const GRID = ["--grid", "fast=2:31", "--grid", "slow=32:91"];

Deno.test("on a machine with nothing installed, start keeps a database and workers; a killed one costs a sweep nothing", () =>
  withProgram(swingingDays(400), async (program, dataDir, ledger) => {
    await Deno.chmod(dataDir, 0o755); // the server's user has to reach its data where we are root
    const environment = { CRYPTO_TRADER_DATA_DIR: dataDir, CRYPTO_TRADER_LEDGER: ledger };
    const started = new Started(environment, ["start", "--workers", "2"]);
    try {
      const victim = await started.said(/^worker 1 runs: process (\d+)/);
      for (const worker of [1, 2]) await started.said(new RegExp(`^\\[worker ${worker}\\] worker \\d+ is ready`));
      const local = JSON.parse((await program("sweep", ...SWEEP, ...GRID, "--json")).stdout);
      const queued = program("sweep", ...SWEEP, ...GRID, "--json", "--queue");
      await started.said(/^\[worker 1\] trade_chunk \S+ began/);
      await signal(victim, "SIGKILL");
      const { code, stdout, stderr } = await queued;
      assert.equal(code, 0, stderr);
      assert.deepEqual({ ...JSON.parse(stdout), counted: null }, { ...local, counted: null });
      await started.said(/^(worker 1 ended \(signal SIGKILL\): starting it again, 1 of 3 times in ten minutes)/);
      const { parts } = JSON.parse((await program("doctor", "--json")).stdout);
      const part = (name: string) => parts.find((part: { name: string }) => part.name === name);
      assert.match(part("database").detail, /^PostgreSQL 18\.\d+, the embedded one in .*; its tables are up to date/);
      assert.match(part("queue").detail, /^\d workers?, 1 scheduler; 0 tasks wait/);

      const enqueue = (...args: string[]) => program("tasks", "enqueue", ...args, "--json");
      const payload = JSON.stringify({
        strategy: "sma-cross",
        symbol: "BTC/USDT",
        timeframe: "1d",
        grid: { fast: "2:9", slow: [40] },
      });
      const task = JSON.parse((await enqueue("run_sweep", "--payload", payload, "--wait")).stdout);
      assert.equal(task.state, "completed");
      assert.equal(task.result.trials, 8);
      const spec = { strategy: "sma-cross", markets: [{ exchange: "test", symbol: "BTC/USDT" }], timeframe: "1d" };
      const reported = JSON.parse(
        (await enqueue("generate_report", "--payload", JSON.stringify({ spec }), "--wait")).stdout,
      );
      const report = JSON.parse(await Deno.readTextFile(reported.result.report));
      assert.equal(report.identity.hash ?? report.identity.spec.run.hash, reported.result.hash);
      assert.equal(
        (await enqueue("retention", "--payload", '{"days":1}')).code,
        1,
        "fewer days than the queue keeps tasks",
      );
      const schedules = JSON.parse((await program("tasks", "schedules", "--json")).stdout).schedules;
      assert.ok(schedules.length > 0 && schedules.every(({ timeZone }: { timeZone: string }) => timeZone === "UTC"));
    } finally {
      await started.stop();
    }
    const { parts } = JSON.parse((await program("doctor", "--json")).stdout);
    assert.match(
      JSON.stringify(parts),
      /the embedded one in .* does not run.*whoever needs it starts it: deno task start/,
    );
  }));

Deno.test("start works on a real PostgreSQL and a real Redis, and says what they are", () =>
  withSystemServer((databaseUrl) =>
    RedisServer.with(async (redis) => {
      await Deno.mkdir("data", { recursive: true });
      const dataDir = await Deno.makeTempDir({ dir: "data", prefix: "start_test_" });
      const services = { DATABASE_URL: databaseUrl.reveal(), REDIS_URL: redis.url };
      const started = new Started({ CRYPTO_TRADER_DATA_DIR: dataDir, ...services });
      try {
        await started.said(/^database is PostgreSQL 1[5-9].*, as DATABASE_URL says/);
        await started.said(/^cache is Redis \d+/);
        await started.said(/^\[worker\] worker \d+ is ready/);
        const program = programOn(dataDir, services);
        const done = await program("tasks", "enqueue", "bootstrap_candles", "--key", "once", "--wait", "--json");
        assert.equal(JSON.parse(done.stdout).result.files, 4, done.stderr);
        assert.equal(
          JSON.parse((await program("tasks", "enqueue", "bootstrap_candles", "--key", "once", "--json")).stdout)
            .created,
          false,
        );
      } finally {
        await started.stop();
        await Deno.remove(dataDir, { recursive: true });
      }
      assert.ok(
        !started.lines.some((line) => line.includes(databaseUrl.reveal())),
        "an address with its password was said",
      );
    })
  ));
