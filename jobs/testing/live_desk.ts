// A user who trades with an account of a venue, for tests: a data folder, and an exchange of this machine that the program
// takes for any other one.
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { type LoopbackExchange, SeededMarket, startLoopbackExchange } from "../../engine/exchanges/mod.ts";
import { DAY_MS, systemClock, timestampMs } from "../../engine/time/mod.ts";
import { type Answer, programThatReads } from "./program.ts";

/** What the user types; no other place may show the first three. */
export const PASSPHRASE = "canary-passphrase-3d90", API_KEY = "canary-api-key-5e21", SECRET = "canary-secret-77aa";
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
/** What is typed to raise the mode, and to begin. */
export const TERMS = "live main, position 50000, daily loss 500, order 30000, entries a day 5";

/** A user with a data folder and an account at an exchange. */
export class LiveDesk {
  permissions: Record<string, boolean> = {};
  readonly said: string[] = [];
  readonly exchange: LoopbackExchange;

  /** The user's key of the other venue, which has a pair in place of a secret. */
  readonly pair = generateKeyPairSync("ec", { namedCurve: "P-256" });

  constructor(readonly dataDir: string, readonly venue: "binance" | "coinbase") {
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
      account: { feeAsset: venue === "coinbase" ? "quote" : "received" },
      coinbaseKey: { apiKey: API_KEY, publicKey: `${this.pair.publicKey.export({ type: "spki", format: "pem" })}` },
    });
  }

  /** What the user types for the key, line by line. */
  get credentials(): string[] {
    if (this.venue === "binance") return [API_KEY, SECRET];
    return [API_KEY, ...`${this.pair.privateKey.export({ type: "sec1", format: "pem" })}`.trim().split("\n")];
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

/**
 * Works with one.
 *
 * @param remove Removes the data folder, with its database.
 */
export async function atLiveDesk(
  remove: (dataDir: string) => Promise<void>,
  work: (desk: LiveDesk) => Promise<void>,
  venue: LiveDesk["venue"] = "binance",
) {
  await Deno.mkdir("data", { recursive: true });
  const dataDir = await Deno.makeTempDir({ dir: "data", prefix: "live_test_" }), desk = new LiveDesk(dataDir, venue);
  await Deno.chmod(dataDir, 0o755); // the database's user has to reach its data where we are root
  try {
    await work(desk);
  } finally {
    await desk.exchange.close();
    await remove(dataDir);
  }
}

/** Does all but the start. */
export async function prepare(desk: LiveDesk): Promise<void> {
  for (
    const [lines, ...args] of [
      [[PASSPHRASE, ...desk.credentials], "keys", "add", "main", "--venue", desk.venue],
      [[PASSPHRASE], "keys", "test", "main", ...desk.at],
      [[PASSPHRASE, TERMS], "mode", "set", "main", "live", ...LIMITS],
      [[], "autopilot", "drill"],
    ] as [string[], ...string[]][]
  ) {
    const { code, stderr } = await desk.run(lines, ...args);
    assert.equal(code, 0, stderr);
  }
}
