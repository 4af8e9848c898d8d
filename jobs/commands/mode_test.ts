import assert from "node:assert/strict";
import { openDesk } from "../../engine/testing/loopback_client.ts";
import { removeDataFolder } from "../../engine/testing/servers.ts";
import { programThatReads } from "../testing/program.ts";

const PASSPHRASE = "correct horse battery";

Deno.test("a mode is raised by who opens the vault and types account and limits, and lowered by anybody", async () => {
  await Deno.mkdir("data", { recursive: true });
  const dataDir = await Deno.makeTempDir({ dir: "data", prefix: "mode_test_" }), venue = openDesk();
  const run = (lines: string[], ...args: string[]) =>
    programThatReads(lines.map((line) => `${line}\n`).join(""), dataDir)(...args);
  try {
    const { apiKey, secret } = venue.exchange.key;
    const live = ["mode", "set", "main", "live", "--max-position", "5000", "--max-daily-loss", "200"];
    live.push("--max-order", "1000", "--max-daily-entries", "20");
    const typed = "live main, position 5000, daily loss 200, order 1000, entries a day 20";
    await run([PASSPHRASE, apiKey, secret], "keys", "add", "main", "--venue", "binance");
    assert.match((await run([PASSPHRASE, typed], ...live)).stderr, /no tested key main: deno task keys test main/);
    await run([PASSPHRASE], "keys", "test", "main", "--exchange-url", venue.exchange.url);
    assert.match((await run([PASSPHRASE, "yes"], ...live)).stderr, /what was typed is not "live main, position 5000/);
    assert.match((await run(["another passphrase", typed], ...live)).stderr, /does not open/);
    assert.match((await run([], "mode", "show")).stdout, /no account may do more than research/);
    const raised = await run([PASSPHRASE, typed], ...live);
    assert.match(raised.stdout, /main is in the mode live/, raised.stderr);
    assert.match(
      (await run([], "mode", "show")).stdout,
      /main +live +.*openPosition +5000 +200 +1000 +20 +[0-9a-f]{12} at 127.0.0.1:\d+ +20/,
    );
    assert.equal((await run([], "mode", "set", "main", "reduceOnly")).code, 0);
    const { stdout } = await run([], "audit", "list", "--action", "mode.set", "--json");
    const told = JSON.parse(stdout).rows.map(({ mode, subject }: { mode: string; subject: string }) => [mode, subject]);
    assert.deepEqual(told, [["live", "main reduceOnly"], ["research", "main live"]]);
  } finally {
    await venue.close();
    await removeDataFolder(dataDir);
  }
});
