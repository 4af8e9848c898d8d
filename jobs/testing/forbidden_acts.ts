// Started with the permission set of a process, it tries what that process must not do, and says what it could. What only
// fails for another reason, as a host that does not answer, counts as done: the runtime let it through.
const outside = Deno.args[0]!, own = import.meta.url;

/** Each act by its name; it throws where it cannot be done. */
const ACTS: Readonly<Record<string, () => unknown>> = {
  "load native code": () => Deno.dlopen("libc.so.6", {}),
  "load native code by path": () => Deno.dlopen(`${outside}/probe.so`, {}),
  "load a native addon": () =>
    (globalThis as { process?: { dlopen(m: object, path: string): void } }).process!.dlopen(
      { exports: {} },
      `${outside}/probe.node`,
    ),
  "run a program": () => new Deno.Command("true").outputSync(),
  "run a shell": () => new Deno.Command("/bin/sh", { args: ["-c", "true"] }).outputSync(),
  "run this program": () => new Deno.Command(Deno.execPath(), { args: ["--version"], stdout: "null" }).outputSync(),
  "run by node's way": async () => {
    const { status } = (await import("node:child_process")).spawnSync("/bin/true");
    if (status !== 0) throw new Deno.errors.NotCapable("it was not run");
  },
  "signal a process": () => Deno.kill(1, "SIGCONT"),
  "read outside": () => Deno.readTextFileSync("/etc/passwd"),
  "read the vault": () => [...Deno.readDirSync("data/vault")],
  "write outside": () => Deno.writeTextFileSync(`${outside}/written`, "x"),
  "write the program": () => Deno.writeTextFileSync(decodeURIComponent(new URL("../probe.part", own).pathname), "x"),
  "write the vault": () => Deno.writeTextFileSync("data/vault/probe", "x"),
  "write the anchors of the audit chain": () => Deno.writeTextFileSync("data/audit/probe", "x"),
  "write the database's programs": () => Deno.writeTextFileSync("data/postgres/probe", "x"),
  "write through SQL": async () => {
    const { DatabaseSync } = await import("node:sqlite"), database = new DatabaseSync(":memory:");
    database.exec(`attach database '${outside}/attached.db' as other; create table other.kept (a int)`);
  },
  "link to outside": () => Deno.symlinkSync("/etc/passwd", "data/probe_link"),
  "reach a foreign host": () => Deno.connect({ hostname: "192.0.2.1", port: 443 }),
  "ask a foreign host": () => fetch("https://example.com/", { signal: AbortSignal.timeout(2_000) }),
  "look up a foreign host": () => Deno.resolveDns("example.com", "A"),
  "listen to everybody": () => Deno.listen({ hostname: "0.0.0.0", port: 0 }).close(),
  "load code from afar": () => import(`https://deno.land/std@0.224.0/version.ts?${Deno.pid}`),
  "read the environment": () => seen(Deno.env.get("PROBE_SECRET") ?? Deno.env.get("HOME")),
  "list the environment": () => seen(Object.keys(Deno.env.toObject()).find((name) => name === "PROBE_SECRET")),
  "list the network": () => Deno.networkInterfaces(),
  "ask for more rights": async () => {
    const { state } = await Deno.permissions.request({ name: "run" });
    if (state !== "granted") throw new Deno.errors.NotCapable("not granted");
  },
};

function seen(value: string | undefined): void {
  if (value === undefined) throw new Deno.errors.NotCapable("nothing is there");
}

/** True where the runtime refused it. */
function isRefused(error: unknown): boolean {
  if (error instanceof Deno.errors.NotCapable) return true;
  // Imports wrap the refusal, and SQLite has one of its own.
  return /Requires \w+ access|too many attached databases - max 0/.test(String((error as Error).message));
}

/** An answer that does not come in time was not refused. */
const LONGEST_MS = 3_000;

const done: string[] = [];
for (const [name, act] of Object.entries(ACTS)) {
  try {
    await Promise.race([
      Promise.resolve().then(act),
      new Promise((resolve) => setTimeout(resolve, LONGEST_MS)),
    ]);
    done.push(name);
  } catch (error) {
    if (!isRefused(error)) done.push(name);
  }
}
console.log(JSON.stringify({ tried: Object.keys(ACTS).length, done }));
Deno.exit(0);
