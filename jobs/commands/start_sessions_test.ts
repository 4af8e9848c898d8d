// Sessions that `start` keeps, as who asks for them by rows has them: on paper, and with an account of a venue.
import assert from "node:assert/strict";
import { removeDataFolder } from "../../engine/testing/servers.ts";
import { TelegramServer } from "../../engine/testing/telegram_server.ts";
import { atLiveDesk, PASSPHRASE, prepare, TERMS } from "../testing/live_desk.ts";
import { programOn } from "../testing/program.ts";
import { signal, Started } from "../testing/started.ts";

const START = ["start", "--workers", "0"];
const TOKEN = "123456:AAHcanaryTOKEN_canaryTOKEN_canary12", OWNER = 42;

Deno.test("start begins, keeps and ends sessions by rows; what dies too often stays down, and says so", async () => {
  await Deno.mkdir("data", { recursive: true });
  const dataDir = await Deno.makeTempDir({ dir: "data", prefix: "start_sessions_test_" });
  await Deno.chmod(dataDir, 0o755); // the database's user has to reach its data where we are root
  const started = new Started({ CRYPTO_TRADER_DATA_DIR: dataDir }, START), program = programOn(dataDir);
  try {
    await started.said(/^sessions runs: (command rows are heard; accounts of venues need --unlocked)/);
    const begin = (...further: string[]) =>
      program("autopilot", "start", "--symbol", "BTC/USDT", "--speed", "60", ...further);
    const first = await begin("--key", "once");
    assert.match(
      first.stdout,
      /^session main-1 has begun: sma-cross on BTC\/USDT at .*; start keeps it$/m,
      first.stderr,
    );
    assert.match(first.stderr, /deno task start \(\S+ process \d+\) is asked for it/);
    assert.match((await begin("--key", "once")).stdout, /^session main-1 has begun/, "the same command twice is once");
    assert.match((await begin()).stderr, /autopilot main runs already/);
    await started.said(/\[main\] \S+ (trading) BTC\/USDT under epoch 1/);
    assert.match((await program("autopilot", "pause", "--key", "p")).stdout, /no new position is opened/);
    const live = await program("autopilot", "start", "--mode", "readOnly", "--account", "main", "--name", "other");
    assert.match(live.stderr, /· key: start was not given the vault: deno task unlock \| deno task start --unlocked/);

    const seen = new Set<string>();
    for (let death = 0; death < 4; death++) {
      let pid: string | undefined;
      for (let waited = 0; pid === undefined || seen.has(pid); waited++) {
        assert.ok(waited < 300, started.lines.join("\n"));
        pid = started.lines.flatMap((line) => /^main runs: process (\d+)/.exec(line)?.[1] ?? []).at(-1);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      seen.add(pid);
      await signal(pid, "SIGKILL");
    }
    await started.said(/^(main ended \(signal SIGKILL\) and stays down)/);
    await started.said(/^main (watchdog) runs: process \d+/);
    assert.ok(!started.lines.some((line) => /^main watchdog ended/.test(line)), started.lines.join("\n"));
    assert.match(
      (await program("autopilot", "stop")).stdout,
      /session main-1 (did not run, and )?has ended|it has ended/,
    );
    await new Promise((resolve) => setTimeout(resolve, 4_000)); // the lease of the dead process

    assert.match((await begin()).stdout, /^session main-2 has begun/);
    await started.said(/session main-2 .*|\[main\] \S+ (trading) BTC\/USDT under epoch/);
    for (let waited = 0; started.lines.filter((line) => /\] \S+ trading BTC/.test(line)).length < 2; waited++) {
      assert.ok(waited < 300, started.lines.join("\n"));
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const last = started.lines.flatMap((line) => /^main runs: process (\d+)/.exec(line)?.[1] ?? []).at(-1)!;
    await signal(last, "SIGTERM");
    await started.said(/\[main\] \S+ (session main-2 ends: stopped)/);
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    assert.equal(started.lines.flatMap((line) => /^main runs: process (\d+)/.exec(line)?.[1] ?? []).at(-1), last);
    assert.match((await program("journal", "verify")).stdout, /0 faults/);
  } finally {
    await started.stop();
    await removeDataFolder(dataDir);
  }
});

Deno.test("start with the vault trades an account by a row, and takes the session up after its own death", () =>
  atLiveDesk(removeDataFolder, async (desk) => {
    await prepare(desk);
    const environment = { CRYPTO_TRADER_DATA_DIR: desk.dataDir }, unlocked = [...START, "--unlocked"];
    const first = new Started(environment, unlocked, `${PASSPHRASE}\n`);
    let id = "";
    try {
      await first.said(/^sessions runs: (command rows are heard)$/);
      const refused = await desk.run(["yes"], ...desk.start());
      assert.match(
        refused.stderr,
        /one thing is missing, and nothing was begun\n· terms: what was typed is not "live main/,
      );
      const { stdout, stderr } = await desk.run([TERMS], ...desk.start());
      id =
        /^session (\S+) has begun: buy-and-hold on BTC\/USDT at 127\S+, mode live; start keeps it/.exec(stdout)?.[1] ??
          "";
      assert.notEqual(id, "", stdout + stderr);
      await first.said(/\[main\] \S+ (trading) BTC\/USDT under epoch 1/);
      await signal(await first.said(/^start is process (\d+)/), "SIGKILL");
    } finally {
      await first.stop();
    }
    const second = new Started(environment, unlocked, `${PASSPHRASE}\n`);
    try {
      await second.said(new RegExp(`^session ${id} (is taken up)`));
      await second.said(/\[main\] \S+ (trading) BTC\/USDT under epoch 2/);
      assert.match((await desk.run([], "autopilot", "stop")).stdout, /it has ended/);
      await second.said(/\[main\] \S+ session \S+ ends: (stopped by command)/);
    } finally {
      await second.stop();
    }
    for (const text of [...desk.said, ...first.lines, ...second.lines]) assert.doesNotMatch(text, /canary-/);
  }));

Deno.test("people are told of what happens to a session, and status, pause, resume and kill reach it over Telegram", async () => {
  await Deno.mkdir("data", { recursive: true });
  const dataDir = await Deno.makeTempDir({ dir: "data", prefix: "start_sessions_test_" });
  await Deno.chmod(dataDir, 0o755);
  const telegram = new TelegramServer(TOKEN, [OWNER]), said = () => telegram.messages.map(({ text }) => text);
  const environment = {
    CRYPTO_TRADER_NOTIFY_TELEGRAM_TOKEN: TOKEN,
    CRYPTO_TRADER_NOTIFY_TELEGRAM_CHATS: `${OWNER}`,
    CRYPTO_TRADER_NOTIFY_TELEGRAM_URL: telegram.url,
    CRYPTO_TRADER_NOTIFY_GATHER_SECONDS: "1",
  };
  const started = new Started({ CRYPTO_TRADER_DATA_DIR: dataDir, ...environment }, START);
  const heard = async (words: RegExp) => {
    for (let waited = 0; !said().some((text) => words.test(text)); waited++) {
      assert.ok(waited < 300, `nobody was told ${words}:\n${said().join("\n")}\n${started.lines.join("\n")}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  const ask = async (text: string, answer: RegExp) => {
    telegram.say({ chatId: OWNER, userId: OWNER, text, atMs: Date.now() });
    await heard(answer);
  };
  const program = programOn(dataDir, environment);
  try {
    await started.said(/^telegram runs: (commands are heard)/);
    await ask("/pause", /^There is no autopilot here: nothing was paused\.$/);
    const begun = await program("autopilot", "start", "--symbol", "BTC/USDT", "--speed", "60");
    assert.equal(begun.code, 0, begun.stderr);
    await started.said(/\[main\] \S+ (trading) BTC\/USDT under epoch 1/);
    await ask(
      "/status",
      /^main: session main-1, paper, \d+ orders, \d+ fills, .* process \d+\nmain: (watchdog is process \d+, watching|no watchdog).*\nthe kill switch was never/m,
    );
    await ask("/pause other", /^There is no autopilot other here: nothing was paused\. There is main\.$/);
    await ask("/pause main", /^main: no new position is opened$/);
    await heard(/^ALARM session-halted\nmain: trading is halted: paused\n/);
    await ask("/resume", /^main: trading goes on$/);
    await ask("/kill", /KILL is written: .*\nmain will see it within a second\. The audit chain has it\.$/);
    await heard(/^ALARM session-halted\nmain: trading is halted: kill switch: telegram user 42 in chat 42\n/);
    const { kill } = JSON.parse((await program("autopilot", "status", "--json")).stdout);
    assert.equal(kill.reason, "telegram user 42 in chat 42");
    assert.equal((await program("kill", "--clear")).code, 0);
    await signal(await started.said(/^main runs: process (\d+)/), "SIGKILL");
    await heard(/^WARNING process-restarted\nmain was started again\n/);
    const acts = JSON.parse((await program("audit", "list", "--json")).stdout).rows;
    assert.deepEqual(acts.map(({ action }: { action: string }) => action), ["kill", "session.resume"]);
  } finally {
    await started.stop();
    await telegram.close();
    await removeDataFolder(dataDir);
  }
});
