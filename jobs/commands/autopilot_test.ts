// Trading as a user has it: an autopilot on the loopback exchange, killed in the middle, asked and stopped.
import assert from "node:assert/strict";
import { programOn } from "../testing/program.ts";
import { signal, Started } from "../testing/started.ts";

/** Works with an autopilot on a data folder of its own. */
async function withAutopilot(
  work: (started: Started, dataDir: string) => Promise<void>,
  ...args: string[]
): Promise<void> {
  await Deno.mkdir("data", { recursive: true });
  const dataDir = await Deno.makeTempDir({ dir: "data", prefix: "autopilot_test_" });
  await Deno.chmod(dataDir, 0o755); // the database's user has to reach its data where we are root
  const started = new Started({ CRYPTO_TRADER_DATA_DIR: dataDir }, ["autopilot", "start", "--speed", "60", ...args]);
  try {
    await work(started, dataDir);
  } finally {
    await started.stop();
    await Deno.remove(dataDir, { recursive: true });
  }
}

Deno.test("a paper autopilot trades on a machine with nothing installed, survives its death, and loses nothing", () =>
  withAutopilot(async (started, dataDir) => {
    const program = programOn(dataDir);
    const url = await started.said(/^session main-1: .* at (http:\S+), 60 times/);
    const victim = await started.said(/^main runs: process (\d+)/);
    await started.said(/\[main\] \S+ (bought) [\d.]+ of (BTC|ETH|SOL)\/USDT at/);
    await new Promise((resolve) => setTimeout(resolve, 2_500)); // it says what it holds each two seconds
    const { said } = JSON.parse((await program("autopilot", "status", "--json")).stdout);
    assert.ok(said.equityQuote > 90_000 && said.equityQuote < 110_000, JSON.stringify(said));
    assert.equal(said.halted, null);
    assert.ok(said.entriesToday >= 1, "counted as they are recorded");
    const all = JSON.parse((await program("autopilot", "list", "--json")).stdout);
    assert.deepEqual(all.waiting, []);
    assert.deepEqual(all.running.map((own: { id: string }) => own.id), ["main-1"]);
    assert.equal(all.running[0].said.epoch, 1);
    assert.match((await program("autopilot", "list")).stdout, /main +main-1 +paper/);
    await signal(victim, "SIGKILL");
    await started.said(/^(main ended \(signal SIGKILL\)): starting it again, 1 of 3 times/);
    await started.said(/trading .* under epoch (2)/);
    const second = await program("autopilot", "start");
    assert.equal(second.code, 1);
    assert.match(second.stderr, /autopilot main runs already: .* process \d+, epoch \d+; stop it first/);

    assert.match((await program("autopilot", "pause")).stdout, /no new position is opened/);
    await started.said(/(trading is halted: paused)/);
    assert.match((await program("autopilot", "resume")).stdout, /trading goes on/);
    assert.match((await program("autopilot", "pause", "--flatten")).stdout, /positions are closed/);
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    const { sessions: [session] } = JSON.parse((await program("autopilot", "status", "--json")).stdout);

    const atVenue = await tradesAt(url);
    assert.ok(atVenue.length >= 1);
    assert.equal(session.fills, atVenue.length, "each fill of the venue is in the journal once");
    assert.match((await program("journal", "verify")).stdout, /0 faults/);
    const certificate = JSON.parse((await program("certify", "main-1", "--json")).stdout);
    assert.deepEqual(certificate.replayed.differences, []);
    assert.equal(certificate.replayed.orders.length, session.orders);
    assert.deepEqual(certificate.parity.unexplained, []);
    assert.ok(certificate.parity.same > 0, JSON.stringify(certificate.parity));
    assert.match((await program("autopilot", "stop")).stdout, /it has ended/);
    await started.said(/^(session main-1 has ended)|\[main\] \S+ session main-1 ends: (stopped by command)/);
  }));

Deno.test("the kill switch is a file: it stops an autopilot, outlives it, and lets go when it is told to", () =>
  withAutopilot(
    async (started, dataDir) => {
      const program = programOn(dataDir);
      await started.said(/(trading) BTC\/USDT under epoch 1/);
      assert.equal((await program("kill", "--reason", "a drill", "--flatten")).code, 0);
      await started.said(/(trading is halted: kill switch: a drill; positions are closed)/);
      const victim = await started.said(/^main runs: process (\d+)/);
      await signal(victim, "SIGKILL");
      await started.said(/trading BTC\/USDT under epoch (2)/);
      const lines = started.lines.length;
      await new Promise((resolve) => setTimeout(resolve, 8_000));
      assert.deepEqual(started.lines.slice(lines).filter((line) => / ordered to buy /.test(line)), []);
      assert.equal((await program("kill", "--clear")).code, 0);
      assert.equal((await program("kill", "--clear")).code, 1, "it is not set any more");
    },
    "--symbol",
    "BTC/USDT",
  ));

Deno.test("an autopilot trades the strategies of a run spec, each with its share and its candles", async () => {
  const file = await Deno.makeTempFile({ suffix: ".json" });
  const strategies = [
    { strategy: "sma-cross", params: { fast: 2, slow: 4 }, markets: ["binance:BTC/USDT"], budgetFraction: 0.5 },
    { id: "holder", strategy: "buy-and-hold", markets: ["binance:ETH/USDT"], timeframe: "5m", budgetFraction: 0.3 },
  ];
  const markets = ["BTC/USDT", "ETH/USDT"].map((symbol) => ({ exchange: "binance", symbol }));
  await Deno.writeTextFile(file, JSON.stringify({ strategies, markets, timeframe: "1m" }));
  try {
    await withAutopilot(
      async (started, dataDir) => {
        await started.said(/^session main-1: (holder and sma-cross) on BTC\/USDT, ETH\/USDT/);
        await started.said(/\[main\] \S+ (bought) [\d.]+ of ETH\/USDT at/);
        await started.said(/\[main\] \S+ (bought) [\d.]+ of BTC\/USDT at/);
        const refused = await programOn(dataDir)("autopilot", "start", "--name", "other", "--hours", "25:00-26:00");
        assert.match(refused.stderr, /"25:00" is not a time of day/);
        assert.match(
          (await programOn(dataDir)("autopilot", "start", "--spec", file, "--timeframe", "1h")).stderr,
          /leave out/,
        );
      },
      "--spec",
      file,
    );
  } finally {
    await Deno.remove(file);
  }
});

/** What the venue has traded for the account, over its own API. */
async function tradesAt(url: string): Promise<readonly { id: number }[]> {
  const { signedTrades } = await import("../testing/signed_trades.ts");
  const all = await Promise.all(["BTCUSDT", "ETHUSDT", "SOLUSDT"].map((symbol) => signedTrades(url, symbol)));
  return all.flat();
}
