import assert from "node:assert/strict";
import fc from "fast-check";
import { Secret } from "../errors/mod.ts";
import { SimulatedTime } from "../testing/simulated_time.ts";
import type { TimestampMs } from "../time/mod.ts";
import { type Channel, WAITING_MOST } from "./channel_lane.ts";
import type { Notice, Severity } from "./notice.ts";
import { NotificationDesk } from "./notification_desk.ts";
import { DELIVERED, type Delivery } from "./notifier.ts";

const START = 1_800_000_000_000 as TimestampMs;
const MINUTE = 60_000, HOUR = 60 * MINUTE;
const DOWN: Delivery = { kind: "notSent", reason: "it cannot be reached" };

/** A channel that answers as it is told, and knows when it got what. */
class Puppet implements Channel {
  readonly got: { readonly atMs: number; readonly notice: Notice }[] = [];
  readonly tried: number[] = [];
  answer: () => Delivery | Promise<Delivery> = () => DELIVERED;
  readonly notifier = {
    send: async (notice: Notice) => {
      const atMs = this.time.now();
      this.tried.push(atMs - START);
      const delivery = await this.answer();
      if (delivery.kind === "done") this.got.push({ atMs: atMs - START, notice });
      return delivery;
    },
  };

  constructor(
    readonly time: SimulatedTime,
    readonly name = "puppet",
    readonly rate = { messages: 1_000, perMs: MINUTE },
  ) {}

  get titles(): string[] {
    return this.got.map(({ notice }) => notice.title);
  }
}

function opened(channels: (time: SimulatedTime) => Puppet[], windowMs = MINUTE, secrets: Secret[] = []) {
  const time = new SimulatedTime(START), puppets = channels(time), notes: string[] = [];
  const note = (sentence: string) => notes.push(sentence);
  const desk = new NotificationDesk(puppets, { clock: time, timer: time, windowMs, note, secrets });
  const say = (severity: Severity, title: string, more: Partial<Notice> = {}) =>
    desk.send({ severity, kind: "test", title, text: "", atMs: time.now(), subject: "it", ...more });
  const end = async () => {
    const closing = desk.close(1_000);
    await time.advance(1_000);
    await closing;
    assert.equal(time.waiting, 0, "a timer was left");
  };
  return { time, puppets, notes, desk, say, end };
}

const one = (time: SimulatedTime) => [new Puppet(time)];

Deno.test("an alarm goes at once, all else waits a minute for more of its kind and comes as one message with counts", async () => {
  const { time, puppets: [puppet], end, say } = opened(one);
  for (let n = 1; n <= 30; n++) {
    say("info", `fill ${n}`, { text: `bought ${n}`, subject: `order ${n}` });
    await time.advance(1_000);
  }
  say("alarm", "worker stays down");
  say("warning", "slow");
  await time.advance(0);
  assert.deepEqual(puppet!.titles, ["worker stays down"]);
  await time.advance(2 * MINUTE);
  assert.deepEqual(puppet!.got.map(({ atMs }) => atMs), [30_000, 60_000, 90_000]);
  const digest = puppet!.got[1]!.notice;
  assert.equal(digest.title, "30 notices of test");
  assert.equal(digest.subject, "several");
  const lines = digest.text.split("\n");
  assert.equal(lines[0], "30 between 2027-01-15T08:00:00Z and 2027-01-15T08:00:29Z:");
  assert.equal(lines[1], "2027-01-15T08:00:00Z fill 1: bought 1");
  assert.equal(lines.length, 22);
  assert.equal(lines.at(-1), "and 10 more");
  assert.equal(puppet!.got[2]!.notice.title, "slow", "one alone comes as it is");
  await end();
});

Deno.test("the same alarm again and again is one message with its count, another subject's is its own", async () => {
  const { time, puppets: [puppet], end, say } = opened(one);
  puppet!.answer = () => DOWN;
  for (let n = 0; n < 5; n++) say("alarm", "stays down", { subject: "worker" });
  say("alarm", "stays down", { subject: "scheduler" });
  await time.advance(10_000);
  puppet!.answer = () => DELIVERED;
  await time.advance(MINUTE);
  assert.deepEqual(puppet!.got.map(({ notice }) => [notice.title, notice.subject]), [
    ["5 × stays down", "worker"],
    ["stays down", "scheduler"],
  ]);
  await end();
});

Deno.test("a channel gets no more than its rate, and its last place is for alarms", async () => {
  const { time, puppets: [puppet], end, say } = opened(
    (t) => [new Puppet(t, "slow", { messages: 3, perMs: 10_000 })],
    0,
  );
  for (const n of [1, 2, 3, 4, 5]) say("info", `${n}`, { kind: `kind ${n}` });
  await time.advance(5_000);
  assert.deepEqual(puppet!.titles, ["1", "2"]);
  say("alarm", "now");
  await time.advance(1_000);
  assert.deepEqual(puppet!.titles, ["1", "2", "now"]);
  await time.advance(HOUR);
  assert.deepEqual(puppet!.titles, ["1", "2", "now", "3", "4", "5"]);
  for (let i = 3; i < puppet!.got.length; i++) assert.ok(puppet!.got[i]!.atMs - puppet!.got[i - 3]!.atMs >= 10_000);
  await end();
});

Deno.test("what fails is tried again after 1, 2, 4 … seconds up to five minutes, and later where the channel says so", async () => {
  const { time, puppets: [puppet], notes, end, say } = opened(one);
  puppet!.answer = () => DOWN;
  const sent = say("alarm", "down");
  await time.advance(HOUR);
  const pauses = puppet!.tried.slice(1).map((atMs, i) => (atMs - puppet!.tried[i]!) / 1_000);
  assert.deepEqual(pauses.slice(0, 10), [1, 2, 4, 8, 16, 32, 64, 128, 256, 300]);
  assert.ok(pauses.slice(10).every((pause) => pause === 300));
  puppet!.answer = () => ({ kind: "refused", code: "rate-limited", reason: "busy", retryAfterMs: 1_000_000 });
  await time.advance(300_000);
  const before = puppet!.tried.length;
  await time.advance(600_000);
  assert.equal(puppet!.tried.length, before, "it was asked before the time that it had named");
  puppet!.answer = () => DELIVERED;
  await time.advance(401_000);
  assert.deepEqual(await sent, DELIVERED);
  assert.deepEqual(notes, ["puppet: it cannot be reached; trying again", "puppet delivers again"]);
  await end();
});

Deno.test("a channel that names an absurd time is asked after an hour all the same", async () => {
  const { time, puppets: [puppet], end, say } = opened(one);
  puppet!.answer = () => ({ kind: "unknown", reason: "closed", retryAfterMs: 1e15 });
  say("alarm", "down");
  await time.advance(HOUR + 1_000);
  assert.deepEqual(puppet!.tried, [0, HOUR]);
  await end();
});

Deno.test("what a channel refuses for good is not sent there again, is told once, and does not hold up what follows", async () => {
  const { time, puppets: [puppet], notes, end, desk, say } = opened(one);
  const refusal: Delivery = { kind: "refused", code: "http-403", reason: "the bot was blocked" };
  puppet!.answer = () => refusal;
  const told = await Promise.all([say("alarm", "first"), time.advance(HOUR)]);
  assert.deepEqual(told[0], refusal);
  say("alarm", "second", { subject: "other" });
  await time.advance(HOUR);
  assert.equal(puppet!.tried.length, 2);
  assert.deepEqual(notes, ["puppet: the bot was blocked; that notice is lost there, and it is not sent again"]);
  assert.deepEqual(desk.states, [{
    channel: "puppet",
    waiting: 0,
    delivered: 0,
    lost: 2,
    problem: "the bot was blocked",
  }]);
  puppet!.answer = () => DELIVERED;
  say("alarm", "third");
  await time.advance(0);
  assert.match(puppet!.got[0]!.notice.text, /^Notices lost before this one: 2 alarm$/);
  await end();
});

Deno.test("after an outage of an hour every notice is in a message or counted in one, and no alarm is lost", async () => {
  const { time, puppets: [puppet], notes, end, desk, say } = opened(one);
  puppet!.answer = () => DOWN;
  const alarms: Promise<Delivery>[] = [];
  let infos = 0;
  for (let second = 0; second < 3_600; second += 10) {
    for (let n = 0; n < 10; n++) say("info", `fill ${infos++}`, { kind: `fills of ${n % 7}`, text: "x".repeat(3_000) });
    if (second % 60 === 0) {
      alarms.push(say("alarm", `alarm ${second / 60}`, { subject: `process ${second / 60 % 20}` }));
    }
    await time.advance(10_000);
  }
  assert.ok(desk.states[0]!.waiting <= 27);
  puppet!.answer = () => DELIVERED;
  await time.advance(10 * MINUTE);
  const countOf = ({ title }: Notice) => Number(/^(\d+) (×|notices)/.exec(title)?.[1] ?? 1);
  const all = puppet!.got.map(({ notice }) => notice);
  const sum = (severity: Severity) =>
    all.filter((notice) => notice.severity === severity).reduce((count, notice) => count + countOf(notice), 0);
  assert.deepEqual([sum("alarm"), sum("info")], [60, 3_600]);
  assert.deepEqual(all.slice(0, 20).map(({ severity }) => severity), Array.from({ length: 20 }, () => "alarm"));
  for (let n = 0; n < 60; n++) {
    assert.ok(all.some(({ title, text }) => `${title}\n${text}`.includes(`alarm ${n}`)), `${n}`);
  }
  assert.ok((await Promise.all(alarms)).every(({ kind }) => kind === "done"));
  assert.deepEqual([desk.states[0]!.waiting, desk.states[0]!.lost], [0, 0]);
  assert.equal(notes.length, 2);
  await end();
});

Deno.test("a full queue loses the least severe and oldest, alarms of a kind join, and the next message tells the counts", async () => {
  const { time, puppets: [puppet], notes, end, desk, say } = opened(one);
  puppet!.answer = () => DOWN;
  const info = say("info", "lost first", { kind: "lost" });
  for (let n = 0; n < WAITING_MOST - 1; n++) say("warning", `warning ${n}`, { kind: `kind ${n}` });
  assert.equal(desk.states[0]!.waiting, WAITING_MOST);
  for (let n = 0; n < 500; n++) say("alarm", "down", { subject: `process ${n}` });
  assert.deepEqual(await info, { kind: "refused", code: "dropped", reason: notes[0] });
  const late = await Promise.all([say("info", "too late", { kind: "another" }), time.advance(0)]);
  assert.equal((late[0] as { code: string }).code, "dropped");
  assert.equal(desk.states[0]!.waiting, WAITING_MOST);
  assert.equal(desk.states[0]!.lost, 2);
  puppet!.answer = () => DELIVERED;
  await time.advance(HOUR);
  assert.equal(puppet!.got[0]!.notice.title, "500 × down");
  assert.match(puppet!.got[0]!.notice.text, /and 480 more\n\nNotices lost before this one: 2 info$/);
  assert.equal(puppet!.got.length, WAITING_MOST);
  assert.ok(puppet!.got.slice(1).every(({ notice }) => !notice.text.includes("lost")), "told once");
  assert.match(notes[0]!, /^puppet has 200 messages waiting: the least severe are lost$/);
  await end();
});

Deno.test("channels do not wait for each other: one that hangs or throws costs the others nothing", async () => {
  const { time, puppets, notes, end, say } = opened((t) =>
    ["hangs", "throws", "works"].map((name) => new Puppet(t, name))
  );
  const [hangs, throws, works] = puppets as [Puppet, Puppet, Puppet];
  hangs.answer = () => new Promise(() => {});
  throws.answer = () => {
    throw new Error("canary in a message of a library");
  };
  const delivery = await Promise.all([say("alarm", "down"), time.advance(0)]);
  assert.deepEqual(delivery[0], DELIVERED, "done as soon as one channel has it");
  assert.deepEqual(works.titles, ["down"]);
  await time.advance(59_999);
  assert.deepEqual(hangs.tried, [0]);
  await time.advance(2_000);
  assert.deepEqual(hangs.tried, [0, 61_000], "left after a minute, and tried again");
  assert.ok(notes.includes("hangs: hangs did not end in 60 s; trying again"));
  assert.ok(notes.includes("throws: throws failed with Error; trying again"));
  assert.doesNotMatch(notes.join(), /canary/);
  await end();
});

Deno.test("who sends to no channel, or to a closed desk, is told so at once", async () => {
  const none = opened(() => []);
  assert.deepEqual(await none.say("alarm", "x"), { kind: "notSent", reason: "no channel is configured" });
  const { desk, say } = opened(one);
  await desk.close(0);
  assert.deepEqual(await say("alarm", "x"), { kind: "notSent", reason: "the desk is closed" });
});

Deno.test("a desk that closes sends what waits, without waiting for more, and tells what it could not send", async () => {
  const works = opened(one);
  works.say("info", "last words");
  const closing = works.desk.close(5_000);
  await works.time.advance(0);
  await closing;
  assert.deepEqual(works.puppets[0]!.titles, ["last words"]);
  assert.equal(works.time.waiting, 0, "a timer was left");

  const fails = opened(one);
  fails.puppets[0]!.answer = () => DOWN;
  const sent = fails.say("alarm", "last words"), ending = fails.desk.close(5_000);
  await fails.time.advance(5_000);
  await ending;
  assert.equal((await sent).kind, "unknown");
  assert.equal(fails.notes.at(-1), "puppet has not got 1 of the last notices: it cannot be reached");
  assert.equal(fails.time.waiting, 0);
});

Deno.test("a clock that is set back makes nothing wait longer than it would have", async () => {
  const { time, puppets: [puppet], end, say } = opened(one);
  puppet!.answer = () => DOWN;
  say("alarm", "down");
  say("info", "news");
  await time.advance(0);
  time.set(START - HOUR);
  puppet!.answer = () => DELIVERED;
  await time.advance(62_000);
  assert.deepEqual(puppet!.titles, ["down", "news"]);
  await end();
});

Deno.test("no message holds a secret of the settings, or what looks like one, wherever it stands in a notice", async () => {
  const secret = new Secret("databaseUrl", "postgres://trader:canary-7f3a@db/x");
  const { time, puppets: [puppet], end, say } = opened(one, MINUTE, [secret]);
  say("alarm", `cannot reach ${secret.reveal()}`, {
    text: `${
      "x".repeat(59_990)
    }${secret.reveal()} https://me:canary@host/ 123456:AAcanary_token_of_a_bot_canary1234 ?signature=canary`,
    subject: secret.reveal(),
    kind: secret.reveal(),
  });
  await time.advance(0);
  assert.doesNotMatch(JSON.stringify(puppet!.got), /canary/);
  assert.match(puppet!.titles[0]!, /^cannot reach \[secret databaseUrl#[0-9a-f]{6}\]$/);
  await end();
});

Deno.test("whatever is sent and however the channel answers, each notice is told, counted as lost, or still waits", async () => {
  const step = fc.oneof(
    fc.record({
      say: fc.constantFrom<Severity>("info", "warning", "alarm"),
      kind: fc.nat(260),
      subject: fc.nat(3),
    }),
    fc.record({ pass: fc.nat(600_000) }),
    fc.record({
      answer: fc.constantFrom<Delivery>(
        DELIVERED,
        DOWN,
        { kind: "unknown", reason: "?" },
        { kind: "refused", code: "http-400", reason: "no" },
        { kind: "refused", code: "rate-limited", reason: "later", retryAfterMs: 700_000 },
      ),
    }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 400 }), async (steps, flood) => {
      const { time, puppets: [puppet], end, desk, say } = opened((
        t,
      ) => [new Puppet(t, "p", { messages: 5, perMs: MINUTE })]);
      const heard = new Map<string, number>();
      let said = 0;
      const tell = (severity: Severity, kind: string, subject: string) => {
        said++;
        say(severity, "x", { kind, subject }).then(({ kind }) => heard.set(kind, (heard.get(kind) ?? 0) + 1));
      };
      for (const own of steps) {
        if ("say" in own) {
          for (let n = 0; n < (own.kind === 260 ? flood : 1); n++) tell(own.say, `${own.kind + n}`, `${own.subject}`);
        } else if ("pass" in own) await time.advance(own.pass);
        else puppet!.answer = () => own.answer;
        assert.ok(desk.states[0]!.waiting <= WAITING_MOST);
      }
      puppet!.answer = () => DELIVERED;
      await time.advance(4 * HOUR);
      const told = puppet!.got.reduce(
        (sum, { notice }) => sum + Number(/^(\d+) (×|notices)/.exec(notice.title)?.[1] ?? 1),
        0,
      );
      const [{ lost, waiting }] = desk.states as [typeof desk.states[0]];
      assert.deepEqual([told + lost, waiting], [said, 0]);
      assert.equal([...heard.values()].reduce((sum, count) => sum + count, 0), said, "somebody has not heard");
      assert.equal(heard.get("done") ?? 0, told);
      await end();
    }),
    { numRuns: 200 },
  );
});
