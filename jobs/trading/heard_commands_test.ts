import assert from "node:assert/strict";
import { inTransaction, type Sql } from "../../engine/database/mod.ts";
import { CodedError } from "../../engine/errors/mod.ts";
import { askCommand, startSession, takeCommand } from "../../engine/journal/mod.ts";
import { type SessionRunner, SystemScheduler } from "../../engine/live/mod.ts";
import { testOnDatabases } from "../../engine/testing/servers.ts";
import { HeardCommands, type HeardCommandsParts } from "./heard_commands.ts";

/** A session that only remembers what it was told, and what hears commands for it. */
class Listener {
  readonly told: string[] = [];
  /** Not trading yet while null. */
  session: SessionRunner["session"] = {
    offer: ({ kind }: { kind: string }) => void this.told.push(kind),
    trader: { state: { nowMs: 1 } },
  } as unknown as SessionRunner["session"];
  /** Why the kill file cannot be written; null: it can. */
  diskFault: string | Error | null = null;
  isKilled = false;
  close = () => Promise.resolve();
  readonly heard: HeardCommands;
  readonly #stop = new AbortController();

  constructor(readonly sql: Sql, over: Partial<HeardCommandsParts> = {}) {
    // deno-lint-ignore no-this-alias
    const own = this;
    this.heard = new HeardCommands({
      ...{ sql, account: "main", sessionId: "main-1", takenBy: "process 2", watch: null },
      runner: {
        get session() {
          return own.session;
        },
        halt: (reason, flatten) => void this.told.push(`${reason}${flatten ? ", flatten" : ""}`),
        close: async () => {
          this.told.push("close");
          await this.close();
        },
      },
      kill: {
        path: "KILL",
        read: () => this.isKilled ? { reason: "a person", flatten: false, atMs: 1 } : null,
        set: ({ reason }) => {
          if (typeof this.diskFault === "string") return Promise.reject(new Error(this.diskFault));
          if (this.diskFault !== null) return Promise.reject(this.diskFault);
          this.told.push(`file: ${reason}`);
          return Promise.resolve();
        },
      },
      ...over,
    });
    this.heard.follow(new SystemScheduler(), this.#stop.signal);
  }

  async [Symbol.asyncDispose]() {
    this.#stop.abort();
    await new Promise((resolve) => setTimeout(resolve, 700)); // the look that is under way
  }
}

async function ask(sql: Sql, id: string, kind: string, askedAtMs: number): Promise<void> {
  const command = { id, account: "main", kind, body: {}, askedBy: "a person", askedAtMs };
  await inTransaction(sql, (tx) => askCommand(tx, command));
}

/** As the process before takes it, and then dies. */
async function take(sql: Sql): Promise<void> {
  await inTransaction(sql, (tx) => takeCommand(tx, { account: "main", takenBy: "process 1", nowMs: 1 }));
}

async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (let waitedMs = 0; !await holds(); waitedMs += 50) {
    assert.ok(waitedMs < 10_000, what);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function stateOf(sql: Sql, id: string): Promise<string> {
  const [row] = await sql<{ state: string; answer: unknown }[]>`select state, answer from commands where id = ${id}`;
  return `${row!.state}${row!.answer === null ? "" : `: ${row!.answer}`}`;
}

testOnDatabases("what a process has taken before it died is carried out by the next, save what lets it go on", async ({
  sql,
}) => {
  const kinds = ["flatten", "resume", "kill"];
  for (const [i, kind] of kinds.entries()) {
    await ask(sql, kind, kind, i);
    await take(sql);
  }
  await using listener = new Listener(sql);
  await until(() => listener.told.length === 3, `it was told ${listener.told}`);
  assert.deepEqual(listener.told, [
    "kill switch: a person, command kill",
    "file: a person, command kill",
    "paused, flatten",
  ]);
  await until(async () => /^done/.test(await stateOf(sql, "flatten")), "flatten is not answered");
  assert.equal(await stateOf(sql, "kill"), "done: the kill switch is set: KILL");
  assert.match(await stateOf(sql, "resume"), /^refused: nobody knows whether it went on/);
});

testOnDatabases("a kill waits for nothing: neither for older rows, nor for a disk that is full", async ({ sql }) => {
  await using listener = new Listener(sql);
  listener.diskFault = "no space left";
  await inTransaction(sql, async (tx) => {
    for (const [i, kind] of ["pause", "resume", "kill"].entries()) {
      await askCommand(tx, { id: kind, account: "main", kind, body: {}, askedBy: "a person", askedAtMs: i });
    }
  });
  await until(() => listener.told.length > 0, "it was told nothing");
  assert.equal(listener.told[0], "kill switch: a person, command kill");
  listener.diskFault = null;
  await until(async () => /^done/.test(await stateOf(sql, "kill")), "the kill is lost");
  assert.ok(listener.told.includes("file: a person, command kill"));
});

testOnDatabases("a kill that is set and cannot say why is answered: it keeps no other row out", async ({ sql }) => {
  await using listener = new Listener(sql);
  listener.diskFault = new CodedError("kill-words", "the kill switch is set, but it cannot close positions");
  await ask(sql, "kill", "kill", 1);
  await ask(sql, "pause", "pause", 2);
  await until(async () => /^done/.test(await stateOf(sql, "pause")), "the pause is kept out");
  assert.equal(await stateOf(sql, "kill"), "done: the kill switch is set, but it cannot close positions");
});

testOnDatabases(
  "a resume is for what its asker saw: it does not wait, and one that is old is refused",
  async ({ sql }) => {
    await using listener = new Listener(sql);
    const { session } = listener;
    listener.session = null;
    await ask(sql, "early", "resume", Date.now());
    await until(async () => /^refused: it does not trade yet/.test(await stateOf(sql, "early")), "it waits");
    listener.session = session;
    await ask(sql, "old", "resume", Date.now() - 61_000);
    await until(async () => /^refused: it was asked long ago/.test(await stateOf(sql, "old")), "it is not refused");
    assert.deepEqual(listener.told, []);
    await ask(sql, "now", "resume", Date.now());
    await until(async () => /^done/.test(await stateOf(sql, "now")), "it is not carried out");
    assert.deepEqual(listener.told, ["resume"]);
  },
);

testOnDatabases("before it trades, only kill, stop and resume are answered; the rest waits for it", async ({ sql }) => {
  await ask(sql, "pause", "pause", 1);
  await using listener = new Listener(sql);
  const { session } = listener;
  listener.session = null;
  await ask(sql, "kill", "kill", 2);
  await until(async () => /^done/.test(await stateOf(sql, "kill")), "the kill is not carried out");
  assert.deepEqual(listener.told.filter((line) => line.startsWith("file")), ["file: a person, command kill"]);
  await new Promise((resolve) => setTimeout(resolve, 700));
  assert.equal(await stateOf(sql, "pause"), "asked");
  listener.session = session;
  await until(async () => /^done/.test(await stateOf(sql, "pause")), "the pause is not carried out");
});

testOnDatabases("a stop is answered with the end of the session, and not before", async ({ sql }) => {
  const settings = { autopilot: "main" };
  await inTransaction(
    sql,
    (tx) => startSession(tx, { id: "main-1", account: "main", mode: "live", epoch: 0, startedAtMs: 1, settings }),
  );
  const closed = Promise.withResolvers<void>();
  await using listener = new Listener(sql);
  listener.close = () => closed.promise;
  await ask(sql, "stop", "stop", 1);
  await until(() => listener.told.includes("close"), "it does not close");
  assert.equal(await stateOf(sql, "stop"), "taken", "what is under way is still waited for");
  closed.resolve();
  await listener.heard.end();
  assert.equal(await stateOf(sql, "stop"), "done: it has ended");
  const [row] = await sql<{ reason: string }[]>`select end_reason as reason from sessions`;
  assert.equal(row!.reason, "stopped by command");
});

testOnDatabases(
  "nothing is resumed while the kill switch is set: clearing it later would let it trade at once",
  async ({
    sql,
  }) => {
    await using listener = new Listener(sql);
    listener.isKilled = true;
    await ask(sql, "resume", "resume", 1);
    await until(async () => /^refused: the kill switch is set/.test(await stateOf(sql, "resume")), "it is not refused");
    assert.deepEqual(listener.told, []);
  },
);
