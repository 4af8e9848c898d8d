import assert from "node:assert/strict";
import type { FaultOf } from "../../exchanges/loopback/fault.ts";
import { LISTED_MS, START_MS } from "../loopback_client.ts";
import { type Card, card, fired, strike, until, within } from "./card.ts";
import { BTC, type Talk } from "./talk.ts";

type Row = number[];

/** An answer with candles that has a fault, and how it shows beside a sound one. */
const candles = (id: string, fault: FaultOf<"candles">, shows: (rows: Row[], sound: Row[]) => boolean): Card =>
  card(id, `candles with "${fault}"`, async (talk) => {
    const ask = (): Promise<Row[]> => talk.client.fetchOHLCV(BTC, "1m", LISTED_MS, 10);
    const sound = await ask();
    strike(talk, "candles", fault);
    const rows = await ask();
    fired(talk, fault);
    assert.ok(shows(rows, sound), JSON.stringify(rows));
    assert.deepEqual(await ask(), sound, "the venue's own are as they were");
  });

/** Frames of market data that a socket has brought; answers to requests have none. */
const count = (talk: Talk) => talk.frames.length;

/** Listens to best prices, lets a fault strike, and tells how the client fares. */
async function listening(talk: Talk, fault: FaultOf<"frame">): Promise<void> {
  await within(talk.client.watchTicker(BTC));
  strike(talk, "frame", fault);
  await until(() => (talk.desk.exchange.faults.fired.get(fault) ?? 0) > 0);
}

const spoiled = (id: string, fault: FaultOf<"frame">): Card =>
  card(id, `a frame that is none ("${fault}") comes between others, and these go on`, async (talk) => {
    await listening(talk, fault);
    fired(talk, fault);
    const before = count(talk);
    await until(() => count(talk) > before + 1);
  });

/** Section C: market data. */
export const MARKET_DATA_CARDS: readonly Card[] = [
  card("C31", "a socket stays open and tells nothing more, while requests are answered", async (talk) => {
    await listening(talk, "silent-socket");
    await new Promise((resolve) => setTimeout(resolve, 100));
    const before = count(talk);
    await new Promise((resolve) => setTimeout(resolve, 700));
    assert.equal(count(talk), before);
    assert.ok(await talk.last() > 0);
  }),
  card("C32", "a socket breaks, and another one can be opened", async (talk) => {
    await within(talk.client.watchTicker(BTC));
    strike(talk, "frame", "broken-socket");
    await assert.rejects(
      within((async () => {
        for (;;) await talk.client.watchTicker(BTC);
      })()),
      /closed|clos|connection/i,
    );
    await within(talk.client.watchTicker(BTC));
  }),
  candles("C33", "gap", (rows) => rows.some((row, i) => i > 0 && row[0]! - rows[i - 1]![0]! > 60_000)),
  candles("C34", "revision", (rows, sound) => rows.some((row, i) => row[4] !== sound[i]![4])),
  card("C35", "the last candle is still open, and grows", async (talk) => {
    talk.desk.pass(0.3);
    const ask = async (): Promise<Row> => (await talk.client.fetchOHLCV(BTC, "1m", START_MS, 1))[0],
      before = await ask();
    talk.desk.pass(0.3);
    const after = await ask();
    assert.equal(before[0], after[0]);
    assert.ok(after[5]! > before[5]!);
  }),
  candles("C36", "duplicate", (rows) => rows.some((row, i) => i > 0 && row[0] === rows[i - 1]![0])),
  // A client may cut it off: then the right one is missing.
  candles("C36 future", "future", (rows, sound) => sound.some(([time]) => !rows.some((row) => row[0] === time))),
  // The client sorts them.
  candles("C36 disorder", "disorder", (rows, sound) => rows.length === sound.length),
  candles("C37", "spike", (rows, sound) => Math.max(...rows.map((row) => row[2]!)) > 5 * sound[0]![2]!),
  candles("C37 no number", "not-a-number", (rows) => rows.some((row) => !Number.isFinite(row[4]))),
  candles("C38", "micros", (rows, sound) => rows[0]![0]! > 500 * sound[0]![0]!),
  card("C41", "a change of the book is left out, and its numbers with it", async (talk) => {
    const { client, desk } = talk;
    const hasGap = () => {
      const numbers = talk.frames.map((own) => talk.numbersOf(own)).filter((own) => own !== null);
      return numbers.some(([first], i) => i > 0 && first > numbers[i - 1]![1] + 1);
    };
    await within(client.watchOrderBook(BTC));
    strike(talk, "book-frame", "book-gap");
    const later = setInterval(() => desk.pass(1), 100);
    try {
      assert.equal(hasGap(), false);
      await until(hasGap);
    } finally {
      clearInterval(later);
    }
    fired(talk, "book-gap");
  }),
  card("C41 heard", "a change of the book is left out: the client hears of the gap in the numbers", async (talk) => {
    const { client, desk } = talk;
    await within(client.watchOrderBook(BTC));
    desk.pass(3);
    await within(client.watchOrderBook(BTC));
    strike(talk, "book-frame", "book-gap");
    const later = setInterval(() => desk.pass(1), 100);
    try {
      await assert.rejects(
        within(
          (async () => {
            for (;;) await client.watchOrderBook(BTC);
          })(),
          4_000,
        ),
        (error: Error) => error.constructor.name === "ChecksumError" || /nonce|sequence/.test(error.message),
      );
    } finally {
      clearInterval(later);
    }
    fired(talk, "book-gap");
  }),
  spoiled("C42", "garbage-frame"),
  spoiled("C42 huge", "huge-frame"),
  spoiled("C42 deep", "deep-frame"),
];
