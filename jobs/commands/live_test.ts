// Trading with an account of a venue as its user has it: the vault, the mode, the drill, the terms, then a session that is
// killed, lowered and closed. The venue is the loopback exchange, which the session takes for any other one.
import assert from "node:assert/strict";
import { type LoopbackExchange, SeededMarket, startLoopbackExchange } from "../../engine/exchanges/mod.ts";
import { removeDataFolder } from "../../engine/testing/servers.ts";
import { DAY_MS, systemClock, timestampMs } from "../../engine/time/mod.ts";
import { type Answer, programThatReads } from "../testing/program.ts";
import { signal, Started } from "../testing/started.ts";

const PASSPHRASE = "canary-passphrase-3d90", API_KEY = "canary-api-key-5e21", SECRET = "canary-secret-77aa";
const LIMITS = [
  "--max-position",
  "50000",
  "--max-daily-loss",
  "500",
  "--max-order",
  "30000",
  "--max-daily-entries",
  "5",
];
const TERMS = "live main, position 50000, daily loss 500, order 30000, entries a day 5";

/** A user with a data folder and an account at an exchange. */
class Desk {
  permissions: Record<string, boolean> = {};
  readonly said: string[] = [];
  readonly exchange: LoopbackExchange;

  constructor(readonly dataDir: string) {
    const listedAtMs = timestampMs(Math.floor(systemClock.now() / DAY_MS - 2) * DAY_MS), desk = () => this.permissions;
    this.exchange = startLoopbackExchange({
      markets: ["BTC/USDT", "ETH/USDT"].map((symbol) =>
        new SeededMarket({ symbol, seed: 3, listedAtMs, startPrice: 1_000 })
      ),
      key: {
        ...{ apiKey: API_KEY, secret: SECRET },
        get permissions() {
          return desk();
        },
      },
    });
  }

  get at(): string[] {
    return ["--exchange-url", this.exchange.url];
  }

  async run(lines: readonly string[], ...args: string[]): Promise<Answer> {
    const answer = await programThatReads(lines.map((line) => `${line}\n`).join(""), this.dataDir)(...args);
    this.said.push(answer.stdout, answer.stderr);
    return answer;
  }

  /** Codes of the preconditions that refuse a start. */
  async refused(lines: readonly string[], ...further: string[]): Promise<string[]> {
    const { code, stdout, stderr } = await this.run(lines, ...this.start(...further), "--json");
    assert.equal(code, 1, stdout + stderr);
    return JSON.parse(stdout).refused.map(({ code }: { code: string }) => code);
  }

  start(...further: string[]): string[] {
    const strategy = ["--strategy", "buy-and-hold", "--symbol", "BTC/USDT"];
    return ["autopilot", "start", "--mode", "live", "--account", "main", ...strategy, ...this.at, ...further];
  }

  async sessions(): Promise<{ id: string; mode: string; orders: number; fills: number }[]> {
    return JSON.parse((await this.run([], "autopilot", "status", "--json")).stdout).sessions;
  }
}

async function atDesk(work: (desk: Desk) => Promise<void>) {
  await Deno.mkdir("data", { recursive: true });
  const dataDir = await Deno.makeTempDir({ dir: "data", prefix: "live_test_" }), desk = new Desk(dataDir);
  await Deno.chmod(dataDir, 0o755); // the database's user has to reach its data where we are root
  try {
    await work(desk);
  } finally {
    await desk.exchange.close();
    await removeDataFolder(dataDir);
  }
}

/** All but the start. */
async function prepare(desk: Desk): Promise<void> {
  for (
    const [lines, ...args] of [
      [[PASSPHRASE, API_KEY, SECRET], "keys", "add", "main", "--venue", "binance"],
      [[PASSPHRASE], "keys", "test", "main", ...desk.at],
      [[PASSPHRASE, TERMS], "mode", "set", "main", "live", ...LIMITS],
      [[], "autopilot", "drill"],
    ] as [string[], ...string[]][]
  ) {
    const { code, stderr } = await desk.run(lines, ...args);
    assert.equal(code, 0, stderr);
  }
}

Deno.test("a live session is refused with all that is missing, and leaves nothing behind", () =>
  atDesk(async (desk) => {
    const nothing = ["mode", "limits", "key", "venue", "key-rights", "drill", "clock", "markets", "terms"];
    assert.deepEqual(await desk.refused([]), nothing.filter((code) => code !== "terms"));
    const { stdout } = await desk.run([], ...desk.start());
    assert.match(stdout, /main is not traded in the mode live: 8 things are missing, and nothing was begun\n· mode: /);
    await prepare(desk);
    assert.deepEqual(await desk.refused([PASSPHRASE, "yes"]), ["terms"]);
    assert.deepEqual(await desk.refused(["another passphrase", TERMS]), nothing.slice(2, 5).concat("clock", "markets"));
    desk.permissions = { enableWithdrawals: true };
    assert.deepEqual(await desk.refused([PASSPHRASE, TERMS]), ["key-rights"]);
    desk.permissions = {};
    assert.deepEqual(await desk.refused([PASSPHRASE, TERMS], "--symbol", "NO/PE"), ["markets"]);
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
  atDesk(async (desk) => {
    await prepare(desk);
    const environment = { CRYPTO_TRADER_DATA_DIR: desk.dataDir };
    const started = new Started(environment, desk.start(), `${PASSPHRASE}\n${TERMS}\n`);
    try {
      await started.said(/^main is key [0-9a-f]{12} of binance at 127\.0\.0\.1:\d+; (what follows)/);
      const id = await started.said(/^session (\S+) begins: buy-and-hold on BTC\/USDT at 127/);
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
