// The program as its user starts it, on a data folder of its own.
import assert from "node:assert/strict";
import { DAY_MS } from "../../engine/time/mod.ts";

/** What a command left. */
export interface Answer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts a command and waits for its end. */
export type Program = (...args: string[]) => Promise<Answer>;

/** The program on a data folder, with further variables of its environment. */
export function programOn(dataDir: string, environment: Readonly<Record<string, string>> = {}): Program {
  return programThatReads("", dataDir, environment);
}

/** The same, with a text on its standard input. */
export function programThatReads(
  input: string,
  dataDir: string,
  environment: Readonly<Record<string, string>> = {},
): Program {
  return async (...args) => {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["task", "--quiet", ...args],
      env: { CRYPTO_TRADER_DATA_DIR: dataDir, DATABASE_URL: "", REDIS_URL: "", NO_COLOR: "1", ...environment },
      stdin: input === "" ? "null" : "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    // A command that needs no input may have ended before it was given.
    const given = input === ""
      ? Promise.resolve()
      : ReadableStream.from([new TextEncoder().encode(input)]).pipeTo(child.stdin).catch(() => {});
    const [{ code, stdout, stderr }] = await Promise.all([child.output(), given]);
    return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
  };
}

/** Rows of a CSV of daily candles in a market that swings: crosses of averages trade on it. */
export function swingingDays(length: number): string[] {
  return Array.from({ length }, (_, i) => {
    const close = 100 + 20 * Math.sin(i / 7) + i / 10;
    return [Date.UTC(2024, 0, 1) + i * DAY_MS, close - 0.5, close + 2, close - 2, close, 50].join(",");
  });
}

/** Works with the program on a folder that has `test:BTC/USDT` in days, and is removed afterwards. */
export async function withProgram(
  rows: readonly string[],
  work: (program: Program, dataDir: string, ledger: string) => Promise<void>,
): Promise<void> {
  await Deno.mkdir("data", { recursive: true });
  const dataDir = await Deno.makeTempDir({ dir: "data", prefix: "program_test_" });
  const ledger = `${dataDir}/ledger/trials.jsonl`;
  const program = programOn(dataDir, { CRYPTO_TRADER_LEDGER: ledger });
  try {
    await Deno.writeTextFile(`${dataDir}/BTCUSDT_1d.csv`, ["time,open,high,low,close,volume", ...rows].join("\n"));
    assert.equal((await program("candles", "import", `${dataDir}/BTCUSDT_1d.csv`, "--exchange", "test")).code, 0);
    await work(program, dataDir, ledger);
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
}
