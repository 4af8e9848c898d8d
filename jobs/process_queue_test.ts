// Processes that trade trials, one of them killed in the middle: nothing of it is seen in what comes out.
import assert from "node:assert/strict";
import { parseRunSpec } from "../engine/backtest/mod.ts";
import { Lake } from "../engine/lake/mod.ts";
import { instrument } from "../engine/market/mod.ts";
import { range, runSweep, type Study, sweepInput, type SweepPlan, trialsOfStudy } from "../engine/research/mod.ts";
import { smaCross } from "../engine/strategies/mod.ts";
import { timeframe } from "../engine/time/mod.ts";
import { ProcessQueue } from "./process_queue.ts";
import { swingingDays, withProgram } from "./testing/program.ts";

const market = { exchange: "test", symbol: "BTC/USDT" };
const spec = { strategy: "sma-cross", params: {}, markets: [market], timeframe: "1d" };

function withLake(work: (plan: SweepPlan, input: ReturnType<typeof sweepInput>, dataDir: string) => Promise<void>) {
  return withProgram(swingingDays(400), async (_, dataDir) => {
    const lake = new Lake(dataDir);
    const history = await lake.candles({ instrument: instrument(market), timeframe: timeframe("1d") });
    await lake.close();
    const plan: SweepPlan = {
      spec: parseRunSpec(spec),
      strategy: smaCross,
      axes: { fast: range(2, 21), slow: range(22, 61) },
    };
    await work(plan, sweepInput(plan, [history]), dataDir);
  });
}

/** Kills any process: tests may signal their own children only through the child. */
async function kill(pid: number): Promise<void> {
  const { success } = await new Deno.Command(Deno.execPath(), { args: ["eval", `Deno.kill(${pid}, "SIGKILL")`] })
    .output();
  assert.ok(success);
}

const bytesOf = async (study: Study, input: ReturnType<typeof sweepInput>) =>
  JSON.stringify([study, await trialsOfStudy(study, input)]);

Deno.test("three processes, one of them killed in the middle, make the very bytes of a sweep in one", () =>
  withLake(async (plan, input, dataDir) => {
    const alone = await bytesOf(await runSweep(plan, input), input), queue = new ProcessQueue(3, dataDir);
    try {
      const killed: number[] = [];
      const study = await runSweep(plan, input, {
        queue,
        async onTrials() {
          if (killed.length > 0) return;
          killed.push(queue.pids[0]!);
          await kill(killed[0]!);
        },
      });
      assert.equal(killed.length, 1);
      assert.equal(await bytesOf(study, input), alone);
      assert.equal(queue.pids.length, 3, "another one has taken its place");
      // What goes candle by candle is traded there, too.
      const stops = {
        ...plan,
        spec: parseRunSpec({ ...spec, limits: { maxDrawdownFraction: 0.3 } }),
        axes: { fast: range(2, 6) },
      };
      const other = sweepInput(stops, input.candles.used), byEvents = await runSweep(stops, other, { queue });
      assert.ok(byEvents.trials.every(({ path }) => path === "events"));
      assert.equal(await bytesOf(byEvents, other), await bytesOf(await runSweep(stops, other), other));
    } finally {
      queue.close();
    }
  }));

Deno.test("a process that finds other candles or does not know a strategy says so, or leaves the trial to who asks", () =>
  withLake(async (plan, input, dataDir) => {
    const queue = new ProcessQueue(1, dataDir), own = { ...smaCross, id: "of-my-own" };
    try {
      const mine = {
        ...plan,
        strategy: { ...own, bind: (params) => ({ ...smaCross.bind(params), id: own.id }) },
      } as SweepPlan;
      const small = { ...mine, axes: { fast: range(2, 4) } }, points = sweepInput(small, input.candles.used);
      assert.equal((await runSweep(small, points, { queue })).trials.length, 3);
      const [candles] = input.candles.used, close = candles!.close.with(5, candles!.close[5]! + 0.25);
      const other = sweepInput({ ...plan, axes: { fast: range(2, 4) } }, [{ ...candles!, close }]);
      await assert.rejects(
        runSweep({ ...plan, axes: { fast: range(2, 4) } }, other, { queue }),
        /a process of the sweep failed: the lake in .* has other candles than the study/,
      );
    } finally {
      queue.close();
    }
    assert.throws(() => new ProcessQueue(0, dataDir), /cannot have 0 processes: use 1 to 64/);
  }));

Deno.test("the command sweeps in processes with the same result", () =>
  withProgram(swingingDays(200), async (program) => {
    const sweep = [
      "sweep",
      "--strategy",
      "sma-cross",
      "--symbol",
      "BTC/USDT",
      "--timeframe",
      "1d",
      "--grid",
      "fast=2:9",
    ];
    const one = JSON.parse((await program(...sweep, "--json")).stdout);
    const two = JSON.parse((await program(...sweep, "--json", "--processes", "2")).stdout);
    assert.deepEqual({ ...two, counted: null }, { ...one, counted: null });
    assert.equal(two.counted.appended, 0);
    assert.match((await program(...sweep, "--processes", "2", "--workers", "2")).stderr, /state them or --processes/);
  }));
