import assert from "node:assert/strict";

const ROOT = new URL("../", import.meta.url);

/** Runs the program as a task does; gives its status and what it printed. */
async function program(args: string[], environment: Record<string, string> = {}, permissions = "read") {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", `--permission-set=${permissions}`, "--no-prompt", "jobs/main.ts", ...args],
    cwd: ROOT,
    env: { NO_COLOR: "1", ...environment },
  }).output();
  return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
}

Deno.test("with --json, standard output is one JSON document", async () => {
  const { code, stdout, stderr } = await program(["doctor", "--json"], { CRYPTO_TRADER_PORT: "8080" });
  assert.equal(stderr, "");
  const port = JSON.parse(stdout).settings.find(({ name }: { name: string }) => name === "port");
  assert.equal(port.value, 8080);
  assert.deepEqual(port.origin, { kind: "environment", place: "CRYPTO_TRADER_PORT" });
  assert.equal(code, 0);
});

Deno.test("--help ends with status 0, for the program and for each command", async () => {
  const all = await program(["--help"]);
  assert.match(all.stdout, /Commands:\n.*doctor/s);
  assert.equal(all.code, 0);
  for (const [, name] of all.stdout.split("Commands:")[1].matchAll(/^ {2}([\w-]+) /gm)) {
    const { code, stdout } = await program([name, "--help"], {}, "lake"); // loading a command may load the lake
    assert.match(stdout, new RegExp(`^Usage: deno task ${name} `));
    assert.equal(code, 0);
  }
});

Deno.test("wrong use ends with status 2 and suggests the nearest name", async () => {
  const command = await program(["docter"]), option = await program(["doctor", "--jsn"]);
  assert.deepEqual([command.code, option.code], [2, 2]);
  assert.match(command.stderr, /^error: unknown command 'docter'\n\(Did you mean doctor\?\)/);
  assert.match(option.stderr, /^error: unknown option '--jsn'\n\(Did you mean --json\?\)/);
  assert.equal((await program([])).code, 2);
});

Deno.test("bad input ends with status 1 and one sentence; --debug adds the stack", async () => {
  const environment = { CRYPTO_TRADER_PORT: "many" };
  const { code, stdout, stderr } = await program(["doctor", "--json"], environment);
  assert.equal(code, 1);
  assert.equal(stdout, "");
  assert.equal(
    stderr,
    `error: CRYPTO_TRADER_PORT: "many" cannot be port, which accepts a whole number from 0 (any free port) to 65535\n`,
  );
  assert.match((await program(["doctor", "--debug"], environment)).stderr, /\n {4}at .*resolve\.ts/);
});

Deno.test("Ctrl-C asks the command to stop, and the process ends with status 130", async () => {
  const script = `
    import { Command } from "commander";
    import { run } from "./jobs/command_line.ts";
    import { interruption } from "./jobs/interruption.ts";
    const work = () => new Promise((_, reject) => {
      const timer = setTimeout(reject, 20_000);
      interruption.addEventListener("abort", () => (clearTimeout(timer), reject(interruption.reason)));
      console.log("working");
    });
    const file = () => Promise.resolve({ hardWorkCommand: () => new Command("hard-work").action(work) });
    Deno.exit(await run([["hard-work", "", file]], ["hard-work"]));`;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", script],
    cwd: ROOT,
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const reader = child.stdout.getReader();
  await reader.read();
  child.kill("SIGINT");
  reader.releaseLock();
  const { code, stderr } = await child.output();
  assert.equal(new TextDecoder().decode(stderr), "interrupted: what was done is kept\n");
  assert.equal(code, 130);
});
