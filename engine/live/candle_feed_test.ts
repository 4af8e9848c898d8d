import assert from "node:assert/strict";
import { MINUTE_MS } from "../time/mod.ts";
import { type ArrivedCandle, CandleFeed } from "./candle_feed.ts";
import type { CandleInput } from "./session_input.ts";
import { WorldClock } from "./world/world_clock.ts";

const START_MS = Date.UTC(2024, 0, 1);

function candle(openTimeMs: number, instrument = 0, at = 100): ArrivedCandle {
  return { instrument, openTimeMs, open: at, high: at * 1.01, low: at * 0.99, close: at, volume: 1 };
}

interface Setting {
  /** Close of the last candle before the feed begins. */
  readonly lastOpenMs: number;
  readonly fetch: (fromMs: number) => readonly ArrivedCandle[] | null;
  readonly isTaken?: () => boolean;
  /** True: what is asked for after the start is never answered. */
  readonly hangs?: boolean;
}

function feedOf({ lastOpenMs, fetch, isTaken = () => true, hangs = false }: Setting) {
  const clock = new WorldClock(START_MS), offered: CandleInput[] = [], asked: number[] = [];
  const alarms: string[] = [];
  const feed = new CandleFeed(
    {
      symbols: ["BTC/USDT"],
      lengthMs: MINUTE_MS,
      scheduler: clock,
      offer: (input) => isTaken() && offered.push(input) > 0,
      fetch: (_, fromMs) => {
        asked.push(fromMs);
        clock.stir();
        return hangs && clock.now() > START_MS ? new Promise(() => {}) : Promise.resolve(fetch(fromMs));
      },
      alarm: ({ code }) => alarms.push(code),
    },
    [lastOpenMs],
    [100],
  );
  const openTimes = () => offered.flatMap(({ rows }) => rows.map(([, openTimeMs]) => openTimeMs));
  return { clock, feed, offered, asked, openTimes, alarms };
}

function closedFrom(fromMs: number, untilMs: number, most = Infinity): ArrivedCandle[] {
  const candles: ArrivedCandle[] = [];
  for (let openMs = fromMs; openMs + MINUTE_MS <= untilMs && candles.length < most; openMs += MINUTE_MS) {
    candles.push(candle(openMs));
  }
  return candles;
}

Deno.test("a feed catches up page by page at a venue that gives fewer candles than are missing", async () => {
  const { feed, openTimes, clock } = feedOf({
    lastOpenMs: START_MS - 900 * MINUTE_MS,
    fetch: (fromMs) => closedFrom(fromMs, clock.now(), 300),
  });
  await feed.start();
  assert.deepEqual(openTimes(), closedFrom(START_MS - 899 * MINUTE_MS, START_MS).map(({ openTimeMs }) => openTimeMs));
  feed.stop();
});

Deno.test("a gap that the venue does not answer for is waited for: nothing after it is shown before it is closed", async () => {
  let isAway = true;
  const { feed, openTimes, clock, offered } = feedOf({
    lastOpenMs: START_MS - MINUTE_MS,
    fetch: (fromMs) => isAway ? null : closedFrom(fromMs, clock.now()),
  });
  await feed.start();
  await clock.runTo(START_MS + 2 * MINUTE_MS + 500);
  feed.take(candle(START_MS + MINUTE_MS)); // the one before it never came
  await clock.runTo(START_MS + 2 * MINUTE_MS + 5_000);
  assert.deepEqual(openTimes(), []);
  isAway = false;
  await clock.runTo(START_MS + 3 * MINUTE_MS + 5_000);
  assert.deepEqual(openTimes(), [START_MS, START_MS + MINUTE_MS, START_MS + 2 * MINUTE_MS]);
  assert.deepEqual(offered.map(({ isLate }) => isLate), [true, true, false]);
  feed.stop();
});

Deno.test("a candle that the venue does not have stays absent, and the next one is shown", async () => {
  const { feed, openTimes, clock } = feedOf({ lastOpenMs: START_MS - MINUTE_MS, fetch: () => [] });
  await feed.start();
  await clock.runTo(START_MS + 2 * MINUTE_MS + 500);
  feed.take(candle(START_MS + MINUTE_MS));
  await clock.runTo(START_MS + 2 * MINUTE_MS + 5_000);
  assert.deepEqual(openTimes(), [START_MS + MINUTE_MS]);
  feed.stop();
});

Deno.test("a feed that is stopped while it begins asks for nothing any more", async () => {
  const { feed, asked, clock } = feedOf({ lastOpenMs: START_MS - 2 * MINUTE_MS, fetch: () => [] });
  const started = feed.start();
  feed.stop();
  await started;
  const before = asked.length;
  await clock.runTo(START_MS + 5 * MINUTE_MS);
  assert.equal(asked.length, before);
});

Deno.test("a candle that is not taken in is offered again, and none after it before", async () => {
  let isFull = true;
  const { feed, openTimes, clock } = feedOf({
    lastOpenMs: START_MS - MINUTE_MS,
    fetch: (fromMs) => closedFrom(fromMs, clock.now()),
    isTaken: () => !isFull,
  });
  await feed.start();
  await clock.runTo(START_MS + MINUTE_MS + 5_000);
  isFull = false;
  await clock.runTo(START_MS + 2 * MINUTE_MS + 5_000);
  assert.deepEqual(openTimes(), [START_MS, START_MS + MINUTE_MS]);
  feed.stop();
});

Deno.test("candles that a stream brings are not held up by an answer that does not come", async () => {
  const { clock, feed, openTimes, asked } = feedOf({ lastOpenMs: START_MS - MINUTE_MS, fetch: () => [], hangs: true });
  await feed.start();
  await clock.runTo(START_MS + MINUTE_MS + 3_000);
  assert.deepEqual([asked, openTimes()], [[START_MS], []]);
  feed.take(candle(START_MS));
  for (let turn = 0; turn < 5; turn++) await null;
  assert.deepEqual(openTimes(), [START_MS]);
});

Deno.test("a price that has leapt is left out at first, and the market is followed where it stays there", async () => {
  // The third minute is a slip; from the tenth on the market is elsewhere.
  const at = (minute: number) => minute === 3 || minute >= 10 ? 10 : 100;
  const minutes = (fromMs: number, untilMs: number) =>
    closedFrom(fromMs, untilMs).map(({ openTimeMs }) => candle(openTimeMs, 0, at((openTimeMs - START_MS) / MINUTE_MS)));
  const own = feedOf({ lastOpenMs: START_MS - MINUTE_MS, fetch: (fromMs) => minutes(fromMs, own.clock.now()) });
  await own.feed.start();
  await own.clock.runTo(START_MS + 20 * MINUTE_MS + 5_000);
  const shown = own.openTimes().map((openTimeMs) => (openTimeMs - START_MS) / MINUTE_MS);
  assert.deepEqual(shown, [0, 1, 2, 4, 5, 6, 7, 8, 9, 12, 13, 14, 15, 16, 17, 18, 19]);
  assert.deepEqual(own.alarms, ["bad-candle", "bad-candle", "market-leapt"]);
  own.feed.stop();
});
