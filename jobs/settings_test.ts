import assert from "node:assert/strict";
import { Secret } from "../engine/errors/mod.ts";
import { resolveSettings } from "../engine/settings/mod.ts";
import { programOn } from "./testing/program.ts";
import { settingsLine } from "./settings.ts";

/** What a process makes of a line, with whatever else its environment says. */
async function adopted(line: string, environment: Record<string, string>): Promise<string> {
  const url = new URL("./settings.ts", import.meta.url).href;
  const code = `import { adoptSettings, readSettings, settingsLine } from ${JSON.stringify(url)};` +
    `adoptSettings(${JSON.stringify(line)}); console.log(settingsLine(readSettings().values).trim());`;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", code],
    env: environment,
  }).output();
  return new TextDecoder().decode(stdout).trim() || new TextDecoder().decode(stderr);
}

Deno.test("a process takes the settings that it is given, secrets too, whatever its sources say by then (fault 77)", async () => {
  const flags = { dataDir: "data/x", databaseUrl: "postgres://u:canary@127.0.0.1/x", port: 4000, redisUrl: null };
  const { values } = resolveSettings({ flags });
  assert.ok(values.databaseUrl instanceof Secret);
  const line = settingsLine(values);
  assert.match(line, /^[^\n]*canary[^\n]*\n$/);
  assert.equal(await adopted(line, { CRYPTO_TRADER_PORT: "nonsense", DATABASE_URL: "postgres://else" }), line.trim());
  assert.match(await adopted("", {}), /no settings came in by standard input/);
  assert.match(await adopted('{"port":"nonsense"}', {}), /cannot be port/);
});

Deno.test("kill works with settings that cannot be read (I10)", async () => {
  await Deno.mkdir("data", { recursive: true });
  const dataDir = await Deno.makeTempDir({ dir: "data", prefix: "settings_test_" });
  try {
    const program = programOn(dataDir, { CRYPTO_TRADER_PORT: "nonsense" });
    assert.equal((await program("autopilot", "status")).code, 1);
    const { code, stderr } = await program("kill", "--reason", "settings are broken");
    assert.equal(code, 0, stderr);
    assert.match(stderr, /warning: CRYPTO_TRADER_PORT: .*; the data folder is taken to be data\/settings_test_/);
    assert.equal(JSON.parse(await Deno.readTextFile(`${dataDir}/KILL`)).reason, "settings are broken");
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
});
