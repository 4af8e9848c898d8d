import assert from "node:assert/strict";
import configuration from "../deno.json" with { type: "json" };

const SETS = Object.keys(configuration.permissions);
/** Of processes that hold the key of an account. */
const TRADING = ["trader", "watchdog"];
/** What each set may do of what is forbidden to others, each with its reason. */
const MAY: Readonly<Record<string, readonly string[]>> = {
  // It reads the files that its user names, wherever they are.
  "read outside": SETS.filter((name) => !TRADING.includes(name)),
  // They open it, or the process of one of them does.
  "read the vault": ["queue", "keys", "unlock", "tool", "bench", "release", "tests"],
  "write the vault": ["keys", "tool", "bench", "release"],
  // They append to the chain, restore a backup of it, or work on the program.
  "write the anchors of the audit chain": ["queue", "worker", "keys", "tool", "bench", "release"],
  // `rights` unpacks them, and runs nothing; `tool` does so for tests.
  "write the database's programs": ["rights", "tool", "bench", "release"],
  // It keeps databases of its own in the folder of temporary files, where a copy of the program may lie too.
  "write outside": ["release"],
  "write the program": Deno.cwd().startsWith("/tmp/") ? ["release"] : [],
  // They measure and break things on purpose, for who works on the program.
  ...Object.fromEntries(
    ["run a program", "run a shell", "run this program", "run by node's way", "signal a process", "ask for more rights"]
      .map((act) => [act, ["bench", "release"]]),
  ),
};

/** What a process with a set can do of all that is forbidden to somebody. */
async function couldDo(
  set: string,
  outside: string,
  ...further: readonly string[]
): Promise<{ tried: number; done: string[] }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", `-P=${set}`, "--no-prompt", ...further, "jobs/testing/forbidden_acts.ts", outside],
    env: { PROBE_SECRET: "canary" },
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

Deno.test("each process can do none of what its permission set forbids, and those that trade none at all (G21)", async () => {
  const outside = await Deno.makeTempDir({ prefix: "permissions_test_" }), made: string[] = [];
  for (const folder of ["data/vault", "data/postgres", "data/audit"]) {
    try {
      await Deno.lstat(folder);
    } catch {
      await Deno.mkdir(folder, { recursive: true });
      made.push(folder);
    }
  }
  try {
    for (const set of SETS) {
      const { tried, done } = await couldDo(set, outside);
      assert.ok(tried >= 24);
      const may = Object.entries(MAY).filter(([, sets]) => sets.includes(set)).map(([act]) => act);
      assert.deepEqual(done.sort(), may.sort(), set);
      if (TRADING.includes(set)) assert.deepEqual(done, []);
      const written = [...Deno.readDirSync(outside)].map(({ name }) => name);
      assert.deepEqual(written, may.includes("write outside") ? ["written"] : [], set);
      const left = [
        "data/vault/probe",
        "data/postgres/probe",
        "data/audit/probe",
        "jobs/probe.part",
        `${outside}/written`,
      ];
      for (const path of left) await Deno.remove(path).catch(() => {}); // most are not there
    }
  } finally {
    for (const folder of [...made, outside]) await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("tasks of the queue's set that need no keys cannot read them", async () => {
  const denied = "--deny-read=./data/vault", outside = await Deno.makeTempDir({ prefix: "permissions_test_" });
  const isMade = await Deno.mkdir("data/vault").then(() => true, () => false); // it may be there
  try {
    const { done } = await couldDo("queue", outside, denied);
    assert.ok(!done.includes("read the vault"), done.join());
    const open = Object.entries(configuration.tasks).filter(([, command]) => / -P=queue /.test(command))
      .filter(([, command]) => !command.includes(denied)).map(([task]) => task);
    assert.deepEqual(open, ["start", "autopilot"], "they hand a key to the process that trades with it");
  } finally {
    await Deno.remove(outside, { recursive: true });
    if (isMade) await Deno.remove("data/vault");
  }
});

Deno.test("every task has a permission set and asks for nothing while it runs, and none has all rights (G21)", () => {
  for (const [task, command] of Object.entries(configuration.tasks)) {
    for (const [run] of command.matchAll(/deno run [^)]*/g)) {
      assert.match(run, /^deno run -q -P=\w+ --no-prompt/, task);
    }
    assert.doesNotMatch(command, /(^|\s)(-A|--allow-all)\b/, task);
  }
});

Deno.test("what may start the database server cannot replace its programs, and what unpacks them runs nothing", () => {
  const { rights, queue, worker, keys, download } = configuration.permissions;
  for (const { write } of [queue, worker, keys, download]) {
    for (const path of rights.write) assert.ok(write.deny.includes(path));
  }
  assert.equal("run" in rights || "net" in rights, false);
});

Deno.test("what handles secrets loads no native code, and what reads the keyring writes, runs and reaches nothing", () => {
  const { keys, unlock, trader, watchdog, queue } = configuration.permissions;
  for (const set of [keys, trader, watchdog, queue]) assert.equal("ffi" in set, false);
  assert.deepEqual(Object.keys(unlock), ["import", "read", "ffi", "env"]);
});

Deno.test("a watchdog writes in its own folder only, which is named where it is started, and knows of no Redis", async () => {
  const { watchdog } = configuration.permissions;
  assert.equal("write" in watchdog || "run" in watchdog, false);
  assert.ok(!watchdog.env.allow.includes("REDIS_URL"));
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "-P=rights", "--no-prompt", "jobs/service_rights.ts", "--hosts", "--watchdog"],
    env: {
      CRYPTO_TRADER_DATA_DIR: "data/x",
      DATABASE_URL: "postgres://u:p@db.example:5433/d",
      REDIS_URL: "redis://cache.example",
    },
  }).output();
  assert.equal(
    new TextDecoder().decode(stdout).trim(),
    "--allow-write=data/x/watchdog --allow-net=127.0.0.1,localhost,db.example:5433",
  );
});
