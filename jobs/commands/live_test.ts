// Trading with an account of a venue as its user has it: the vault, the mode, the drill, the terms, then a session that is
// killed, lowered and closed.
import assert from "node:assert/strict";
import { removeDataFolder } from "../../engine/testing/servers.ts";
import { atLiveDesk, PASSPHRASE, prepare, TERMS } from "../testing/live_desk.ts";
import { signal, Started } from "../testing/started.ts";

Deno.test("a live session is refused with all that is missing, and leaves nothing behind", () =>
  atLiveDesk(removeDataFolder, async (desk) => {
    assert.deepEqual(await desk.refused([]), ["mode", "limits", "key", "drill"]);
    const { stdout } = await desk.run([], ...desk.start());
    assert.match(stdout, /main is not traded in the mode live: 4 things are missing, and nothing was begun\n· mode: /);
    await prepare(desk);
    assert.deepEqual(await desk.refused([PASSPHRASE, "yes"]), ["terms"]);
    assert.deepEqual(await desk.refused(["another passphrase", TERMS]), ["key"]);
    desk.permissions = { enableWithdrawals: true };
    assert.deepEqual(await desk.refused([PASSPHRASE, TERMS]), ["key-rights"]);
    desk.permissions = {};
    assert.deepEqual(await desk.refused([PASSPHRASE, TERMS], "--symbol", "NO/USDT"), ["markets"]);
    const other = desk.at[1]!.replace("127.0.0.1", "localhost");
    assert.deepEqual(await desk.refused([PASSPHRASE, TERMS], "--exchange-url", other), ["same-key"]);
    await desk.run([], "kill");
    assert.deepEqual(await desk.refused([PASSPHRASE, TERMS]), ["kill"]);
    await desk.run([], "kill", "--clear");
    await desk.run([], "mode", "set", "main", "reduceOnly");
    assert.deepEqual(await desk.refused([PASSPHRASE, TERMS]), ["mode", "limits"]);
    const anchors = `${desk.dataDir}/audit/embedded.jsonl`;
    await Deno.writeTextFile(anchors, `{"atMs":1,"seq":99,"hash":"${"ab".repeat(32)}"}\n`, { append: true });
    assert.deepEqual(await desk.refused([PASSPHRASE]), ["mode", "limits", "audit"]);
    assert.deepEqual(await desk.sessions(), []);
  }));

Deno.test("a live session trades, is followed after its death, keeps to a mode that is lowered, and closes", () =>
  atLiveDesk(removeDataFolder, async (desk) => {
    await prepare(desk);
    const environment = { CRYPTO_TRADER_DATA_DIR: desk.dataDir };
    const started = new Started(environment, desk.start(), `${PASSPHRASE}\n${TERMS}\n`);
    try {
      await started.said(/^main is key [0-9a-f]{12} of binance at 127\.0\.0\.1:\d+; (what follows)/);
      const id = await started.said(/^session (\S+): buy-and-hold on BTC\/USDT at 127/);
      await started.said(/(trading) BTC\/USDT under epoch 1/);
      const elsewhere = await desk.refused([PASSPHRASE, TERMS], "--name", "other");
      assert.deepEqual(elsewhere, ["session"], "one account, one session");
      await started.said(/\[main\] \S+ (bought) [\d.]+ of BTC\/USDT at/, 90_000);
      const victim = await started.said(/^main runs: process (\d+)/);
      await signal(victim, "SIGKILL");
      await started.said(/trading BTC\/USDT under epoch (2)/);

      assert.equal((await desk.run([], "mode", "set", "main", "reduceOnly")).code, 0);
      await started.said(/the mode is (reduceOnly): main may only reduce/);
      assert.match((await desk.run([], "autopilot", "resume")).stderr, /nothing is opened: main may only reduce/);
      assert.match((await desk.run([], "autopilot", "pause", "--flatten")).stdout, /positions are closed/);
      await started.said(/\[main\] \S+ (sold) [\d.]+ of BTC\/USDT at/);

      const [session] = await desk.sessions();
      assert.deepEqual([session!.id, session!.mode], [id, "live"]);
      const { fills } = desk.exchange.venue;
      assert.ok(fills.length >= 2);
      assert.equal(session!.fills, fills.length, "each fill of the venue is in the journal once");
      assert.match((await desk.run([], "journal", "verify")).stdout, /0 faults/);
      assert.equal((await desk.run([], "certify", id)).code, 0);
      assert.equal((await desk.run([], "mode", "set", "main", "research")).code, 0);
      await started.said(/session \S+ ends: (stopped): the mode of main is research/);
    } finally {
      await started.stop();
    }
    const { rows } = JSON.parse((await desk.run([], "audit", "list", "--action", "session.start", "--json")).stdout);
    assert.deepEqual(rows.map(({ mode, subject }: { mode: string; subject: string }) => [mode, subject]), [[
      ...["live", "main main"],
    ]]);
    for (const text of [...desk.said, ...started.lines]) assert.doesNotMatch(text, /canary-/);
  }));

Deno.test("SIGTERM in the middle of a send ends in order, and who goes on takes what became of it (fault 61)", () =>
  atLiveDesk(removeDataFolder, async (desk) => {
    await prepare(desk);
    desk.exchange.faults.plan({ scripted: [{ at: "place", n: 1, fault: "slow" }] });
    const environment = { CRYPTO_TRADER_DATA_DIR: desk.dataDir }, typed = `${PASSPHRASE}\n${TERMS}\n`;
    const first = new Started(environment, desk.start(), typed);
    let beganMs: number;
    try {
      await first.said(/\[main\] \S+ (ordered) to buy [\d.]+ of BTC\/USDT/, 90_000);
      beganMs = performance.now();
      await signal(await first.said(/^main runs: process (\d+)/), "SIGTERM");
      await first.said(/\[main\] \S+ session \S+ ends: (stopped)$/);
    } finally {
      await first.stop();
    }
    assert.ok(performance.now() - beganMs < 15_000, "what is under way is waited for ten seconds at most");
    const [before] = await desk.sessions(), second = new Started(environment, desk.start(), typed);
    try {
      await second.said(new RegExp(`^session ${before!.id}: (goes on) with buy-and-hold on BTC/USDT`));
      await second.said(/trading BTC\/USDT under epoch (2)/);
      const [after] = await desk.sessions(), { fills } = desk.exchange.venue;
      assert.ok(fills.length > 0);
      assert.deepEqual([after!.id, after!.fills], [before!.id, fills.length], "each fill once");
      assert.equal(new Set(fills.map(({ order }) => order)).size, 1, "one order was sent");
      assert.match((await desk.run([], "journal", "verify")).stdout, /0 faults/);
    } finally {
      await second.stop();
    }
  }));

Deno.test("an account of Coinbase, with a key that is a pair, is traded the same way", () =>
  atLiveDesk(removeDataFolder, async (desk) => {
    await prepare(desk);
    const started = new Started({ CRYPTO_TRADER_DATA_DIR: desk.dataDir }, desk.start(), `${PASSPHRASE}\n${TERMS}\n`);
    try {
      await started.said(/^main is key [0-9a-f]{12} of coinbase at 127\.0\.0\.1:\d+; (what follows)/);
      await started.said(/\[main\] \S+ (bought) [\d.]+ of BTC\/USDT at/, 100_000);
      assert.match((await desk.run([], "autopilot", "pause", "--flatten")).stdout, /positions are closed/);
      await started.said(/\[main\] \S+ (sold) [\d.]+ of BTC\/USDT at/);
      const [session] = await desk.sessions();
      assert.equal(session!.fills, desk.exchange.venue.fills.length, "each fill of the venue is in the journal once");
      assert.match((await desk.run([], "journal", "verify")).stdout, /0 faults/);
    } finally {
      await started.stop();
    }
    const secret = desk.credentials[2]!;
    for (const text of [...desk.said, ...started.lines]) assert.ok(!text.includes(secret) && !text.includes("canary-"));
  }, "coinbase"));
