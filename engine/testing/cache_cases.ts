// What every cache must do, on Redis and on tables.
import assert from "node:assert/strict";
import {
  AutopilotPlace,
  Cache,
  type CacheStore,
  candleTopic,
  type Hint,
  type MessageStream,
  type StreamEvent,
  tickerTopic,
} from "../cache/mod.ts";
import type { Candle, InstrumentId } from "../market/mod.ts";
import { DAY_MS, timeframe, type TimestampMs } from "../time/mod.ts";

/** A server on which stores are opened, as different processes would; and what can happen to it. */
export interface CacheServer {
  open(deadlineMs?: number): Promise<CacheStore>;
  kill(): Promise<void>;
  start(): Promise<void>;
  pause(): void;
  resume(): void;
}

const ABOUT = { host: "here", pid: 1, mode: "paper" };
const BTC = "binance:BTC/USDT" as InstrumentId;
const DAY = 20_000 * DAY_MS;
const at = (ms: number) => DAY + ms as TimestampMs;

/** Case names, each with what has to hold for two stores that are nothing but new. */
export const CACHE_CASES: Readonly<Record<string, (server: CacheServer) => Promise<void>>> = {
  "a second autopilot of a name is refused with who has it, until it is released"(server) {
    return withCaches(server, async (one, two) => {
      const first = value(await one.autopilots.claim("main", "a", ABOUT, 60_000));
      assert.equal(first.kind, "taken");
      const second = value(await two.autopilots.claim("main", "b", { ...ABOUT, pid: 2 }, 60_000));
      assert.equal(second.kind, "refused");
      const { owner, host, pid, mode, sinceMs, expiresInMs } = second.holder;
      assert.deepEqual({ owner, host, pid, mode }, { owner: "a", ...ABOUT });
      assert.equal(sinceMs, first.holder.sinceMs);
      assert.ok(expiresInMs > 0 && expiresInMs <= 60_000);
      assert.equal(value(await one.autopilots.claim("main", "a", ABOUT, 60_000)).kind, "renewed");
      assert.equal(value(await two.autopilots.claim("other", "b", ABOUT, 60_000)).kind, "taken");
      assert.deepEqual([...value(await two.autopilots.running()).keys()].toSorted(), ["main", "other"]);
      assert.equal(value(await two.autopilots.release("main", "b")), false, "only its owner gives it up");
      assert.equal(value(await one.autopilots.release("main", "a")), true);
      assert.equal(value(await two.autopilots.claim("main", "b", ABOUT, 60_000)).kind, "taken");
    });
  },
  "of many that claim one place at once, one gets it"(server) {
    return withCaches(server, async (one, two) => {
      const claims = await Promise.all(Array.from({ length: 20 }, (_, i) => {
        return [one, two][i % 2]!.autopilots.claim("main", `owner ${i}`, ABOUT, 60_000);
      }));
      assert.equal(claims.filter((claim) => value(claim).kind === "taken").length, 1);
      assert.equal(new Set(claims.map((claim) => value(claim).holder.owner)).size, 1);
    });
  },
  "a claim that is not renewed lapses"(server) {
    return withCaches(server, async (one, two) => {
      value(await one.autopilots.claim("main", "a", ABOUT, 50));
      await until(async () => value(await two.autopilots.claim("main", "b", ABOUT, 60_000)).kind === "taken");
      assert.equal(value(await one.autopilots.claim("main", "a", ABOUT, 50)).kind, "refused");
    });
  },
  "a place is renewed for as long as it is kept, refuses a second with a sentence, and hears when it is lost"(server) {
    return withCaches(server, async (one, two) => {
      const lost: string[] = [];
      const options = (owner: string) => ({ name: "main", owner, about: ABOUT, ttlMs: 2_000 }); // far longer than a stall of a busy machine
      const place = await AutopilotPlace.take(one.autopilots, {
        ...options("a"),
        onLost: ({ owner }) => lost.push(owner),
      });
      assert.equal(place.state, "held");
      await later(2_500);
      await assert.rejects(
        AutopilotPlace.take(two.autopilots, { ...options("b"), onLost: () => {} }),
        /autopilot main runs already: process 1 on here in mode paper, since \d{4}-.*; stop it first, or wait [12] s/,
      );
      value(await two.autopilots.release("main", "a")); // as if the store had forgotten it
      value(await two.autopilots.claim("main", "c", ABOUT, 60_000));
      await until(() => place.state === "lost");
      assert.deepEqual(lost, ["c"]);
      await place.release();
      assert.deepEqual(Array.from(value(await two.autopilots.running()), ([, { owner }]) => owner), ["c"]);
    });
  },
  "trades count once each, for all processes, and begin anew at midnight UTC"(server) {
    return withCaches(server, async ({ trades }, two) => {
      assert.equal(code(await trades.count("main", at(0))), "emptied");
      assert.equal(code(await trades.record("main", ["t1"], at(0))), "emptied");
      assert.equal(value(await trades.restore("main", ["t1", "t2"], at(5))), 2);
      assert.equal(value(await two.trades.record("main", ["t3"], at(6))), 3);
      assert.equal(value(await trades.record("main", ["t3"], at(7))), 3, "recorded again, as its answer was lost");
      assert.equal(value(await trades.count("main", at(DAY_MS - 1))), 3);
      assert.equal(value(await two.trades.count("main", at(DAY_MS))), 0);
      assert.equal(value(await trades.record("main", ["t4"], at(DAY_MS))), 1);
      assert.equal(value(await trades.record("main", ["late"], at(DAY_MS - 1))), 4, "of the day before");
      assert.equal(value(await trades.count("main", at(DAY_MS))), 1);
      assert.equal(code(await trades.count("main", at(-1))), "emptied", "nobody has said what was before");
      assert.equal(code(await trades.count("other", at(0))), "emptied");
    });
  },
  "two that restore a day at once leave all of its trades"(server) {
    return withCaches(server, async ({ trades }, two) => {
      await Promise.all([trades.restore("main", ["t1"], at(0)), two.trades.restore("main", ["t1", "t2"], at(0))]);
      assert.equal(value(await trades.count("main", at(0))), 2);
    });
  },
  "days long past are forgotten, and known to be"(server) {
    return withCaches(server, async ({ trades }) => {
      value(await trades.restore("main", ["t1"], at(0)));
      value(await trades.record("main", ["t2"], at(5 * DAY_MS)));
      assert.equal(code(await trades.count("main", at(0))), "emptied");
      assert.equal(value(await trades.count("main", at(4 * DAY_MS))), 0);
    });
  },
  "sessions are saved, listed, replaced by later versions only, and end"(server) {
    return withCaches(server, async ({ sessions }, two) => {
      const state = { name: "Zoë's <session>", equity: 0.1 + 0.2, at: [1, null] };
      assert.equal(value(await sessions.save("s1", state, 60_000, 2)), true);
      assert.deepEqual(value(await two.sessions.load("s1")), state);
      assert.equal(value(await two.sessions.save("s1", {}, 60_000, 1)), false);
      assert.equal(value(await two.sessions.save("s1", { n: 3 }, 60_000, 3)), true);
      value(await sessions.save("short", 1, 30));
      await until(async () => value(await two.sessions.load("short")) === null);
      assert.deepEqual([...value(await sessions.all())], [["s1", { n: 3 }]]);
      assert.equal(value(await two.sessions.remove("s1")), true);
      assert.equal(value(await two.sessions.remove("s1")), false);
      assert.equal(value(await sessions.load("s1")), null);
    });
  },
  "the latest candle and ticker stay, however late older ones come, with all of their bits"(server) {
    return withCaches(server, async ({ market }, two) => {
      const minute = timeframe("1m"), candle = candleOpening(2);
      assert.equal(value(await market.candle(BTC, minute)), null);
      assert.equal(value(await market.putCandle(BTC, minute, candle)), true);
      assert.equal(value(await two.market.putCandle(BTC, minute, candleOpening(1))), false);
      assert.deepEqual(value(await two.market.candle(BTC, minute)), candle);
      const ticker = { timeMs: at(5), bid: 0.1 + 0.2, ask: 1 / 3, last: 5e-324 };
      assert.equal(value(await market.putTicker(BTC, ticker)), true);
      assert.equal(value(await market.putTicker(BTC, { ...ticker, timeMs: at(4) })), false);
      assert.deepEqual(value(await two.market.ticker(BTC)), ticker);
      assert.throws(() => market.putTicker(BTC, { ...ticker, bid: NaN }), /this is no ticker: .*bid/s);
    });
  },
  "whoever follows a market hears each candle and ticker in order, and nothing else"(server) {
    return withCaches(server, async ({ market }, two) => {
      const minute = timeframe("1m"), topics = [candleTopic(BTC, minute), tickerTopic(BTC)];
      const streams = [await two.market.follow(topics), await two.market.follow([topics[1]!])];
      const ticker = { timeMs: at(5), bid: 1, ask: 2, last: 1 };
      value(await market.putCandle(BTC, minute, candleOpening(1)));
      value(await market.putCandle(BTC, timeframe("1h"), candleOpening(60)));
      value(await market.putTicker(BTC, ticker));
      value(await market.putTicker(BTC, { ...ticker, timeMs: at(4) })); // too late to be news
      value(await market.putCandle(BTC, minute, candleOpening(2)));
      const heard = await taken(streams[0]!, 3);
      assert.deepEqual(heard, [
        { kind: "message", topic: topics[0], value: candleOpening(1) },
        { kind: "message", topic: topics[1], value: ticker },
        { kind: "message", topic: topics[0], value: candleOpening(2) },
      ]);
      assert.deepEqual(await taken(streams[1]!, 1), [heard[1]]);
    });
  },
  "a client that is too slow is dropped, and the others hear all"(server) {
    return withCaches(server, async ({ messages }, two) => {
      const slow = await two.messages.subscribe(["news"], 5), fast = await two.messages.subscribe(["news"], 50);
      for (let i = 0; i < 20; i++) value(await messages.publish("news", i));
      assert.deepEqual((await taken(fast, 20)).map(text), Array.from({ length: 20 }, (_, i) => `news ${i}`));
      assert.ok(slow.isDropped);
      await assert.rejects(taken(slow, 1), /5 messages waited, and this client was dropped: reconnect/);
    });
  },
  "a message of any sign is heard whole, and one that is too long is refused"(server) {
    return withCaches(server, async ({ messages }, two) => {
      const topic = "odd/ topic: 'quoted' 日本", stream = await two.messages.subscribe([topic]);
      const value_ = { text: "it's \\ \" \n 日本 🙂", rest: "x".repeat(7_000) };
      value(await messages.publish(topic, value_));
      assert.deepEqual(await taken(stream, 1), [{ kind: "message", topic, value: value_ }]);
      await assert.rejects(messages.publish(topic, "日".repeat(3_000)), /a message of 9002 bytes is too long/);
    });
  },
  "of many that swap a text at once, each swap builds on the one before"(server) {
    return withCaches(server, async ({ store }, two) => {
      const add = async (own: CacheStore) => {
        for (;;) {
          const before = value(await own.get("count/x"));
          if (value(await own.swap("count/x", before, `${Number(before ?? 0) + 1}`, 60_000))) return;
        }
      };
      await Promise.all(Array.from({ length: 10 }, (_, i) => add(i % 2 === 0 ? store : two.store)));
      assert.equal(value(await store.get("count/x")), "10");
    });
  },
  "it says that it is there, and at what version"(server) {
    return withCaches(server, async (one) => {
      const { version, latencyMs } = value(await one.state());
      assert.match(version, /^\d+\.\d+/);
      assert.ok(latencyMs >= 0);
    });
  },
};

/** What has to hold when the server hangs, dies and comes back: each case has a server of its own in the end. */
export const CACHE_FAULT_CASES: Readonly<Record<string, (server: CacheServer) => Promise<void>>> = {
  "a server that hangs is told as slow within the deadline, and answers again when it goes on"(server) {
    return withCaches(server, async (one) => {
      value(await one.trades.restore("main", ["t1"], at(0)));
      server.pause();
      const startMs = performance.now();
      const answers = await Promise.all([one.trades.count("main", at(0)), one.sessions.load("x"), one.state()]);
      assert.deepEqual(answers.map(code), ["slow", "slow", "slow"]);
      assert.ok(performance.now() - startMs < 5_000);
      server.resume();
      await until(async () => (await one.trades.count("main", at(0))).kind === "known");
      assert.equal(value(await one.trades.count("main", at(0))), 1);
    });
  },
  "a server that is killed is told as away, comes back empty, and is restored"(server) {
    return withCaches(server, async (one, two) => {
      value(await one.trades.restore("main", ["t1", "t2"], at(0)));
      value(await one.sessions.save("s", 1, 60_000));
      const stream = await two.messages.subscribe(["news"]);
      const place = await AutopilotPlace.take(one.autopilots, {
        name: "main",
        owner: "a",
        about: ABOUT,
        ttlMs: 900,
        onLost: () => assert.fail("nobody else has taken it"),
      });
      await server.kill();
      // Where a line to it still seems to be there, it is slow, else away.
      await until(async () => ["away", "slow"].includes(code(await one.trades.count("main", at(0)))));
      assert.notEqual(code(await one.autopilots.claim("main", "b", ABOUT, 1_000)), "known");
      assert.notEqual(code(await one.messages.publish("news", 1)), "known");
      const late = await two.messages.subscribe(["late"]); // asked for while nobody is there
      await until(() => place.state === "unproven");
      await server.start();
      await until(async () => (await one.sessions.load("s")).kind === "known");
      assert.equal(value(await one.sessions.load("s")), null);
      assert.equal(code(await one.trades.count("main", at(0))), "emptied");
      assert.equal(value(await one.trades.counted("main", at(0), () => Promise.resolve(["t1", "t2"]))), 2);
      await until(() => place.state === "held"); // it has taken its place again
      await until(async () => (await two.trades.count("main", at(0))).kind === "known");
      assert.equal(value(await two.trades.count("main", at(0))), 2);
      // Both streams know that something may have been missed, and hear again.
      for (const [topic, own] of [["news", stream], ["late", late]] as const) {
        const events = own[Symbol.asyncIterator]();
        assert.deepEqual((await events.next()).value, { kind: "missed" });
        let heard = events.next();
        const isMessage = async () => {
          await one.messages.publish(topic, "again");
          return await Promise.race([heard, later(50)]) !== undefined;
        };
        await until(isMessage);
        while ((await heard).value!.kind === "missed") heard = events.next();
        assert.deepEqual((await heard).value, { kind: "message", topic, value: "again" });
        own.close();
      }
      await place.release();
    });
  },
};

async function withCaches(server: CacheServer, work: (one: Cache, two: Cache) => Promise<void>): Promise<void> {
  const caches = [new Cache(await server.open()), new Cache(await server.open())] as const;
  try {
    await work(...caches);
  } finally {
    await Promise.all(caches.map((cache) => cache.close()));
  }
}

/** The value of a hint that has one. */
export function value<T>(hint: Hint<T>): T {
  assert.ok(hint.kind === "known", hint.kind === "unknown" ? `${hint.code}: ${hint.reason}` : "");
  return hint.value;
}

/** Why a hint has no value. */
export function code(hint: Hint<unknown>): string {
  return hint.kind === "unknown" ? hint.code : "known";
}

async function taken(stream: MessageStream, count: number): Promise<StreamEvent[]> {
  const events: StreamEvent[] = [];
  for await (const event of stream) if (events.push(event) === count) break;
  return events;
}

function text(event: StreamEvent): string {
  return event.kind === "message" ? `${event.topic} ${event.value}` : event.kind;
}

function candleOpening(minute: number): Candle {
  return { openTimeMs: at(minute * 60_000), open: 1 / 3, high: 2, low: 0.1, close: 0.1 + 0.2, volume: minute };
}

function later(ms: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Waits until something holds; fails when it does not within ten seconds, or another time. */
export async function until(holds: () => boolean | Promise<boolean>, patienceMs = 10_000): Promise<void> {
  for (const endMs = performance.now() + patienceMs; !(await holds());) {
    assert.ok(performance.now() < endMs, "it does not come to hold");
    await later(20);
  }
}
