import assert from "node:assert/strict";
import { held, HELD_CONFIG } from "../testing/held_position.ts";
import { type Request, smaCross } from "../strategies/mod.ts";
import type { ClientOrderId } from "../orders/mod.ts";
import type { TimestampMs } from "../time/mod.ts";
import { withStrategy } from "../testing/scripted_session.ts";
import { createTrader, saveTrader } from "../trader/mod.ts";
import type { SavedSession } from "./session_store.ts";
import { writeInput } from "./session_input.ts";
import { TradingSession } from "./trading_session.ts";
import { WorldClock } from "./world/world_clock.ts";

const MINUTE_MS = 60_000 as TimestampMs;

const NEW: SavedSession = { snapshot: null, inputs: [], earlier: [] };

/** A session that has seen one candle at 100, and what it says and sends; its commits wait where they are held up. */
async function sessionOf(saved = NEW) {
  const alarms: string[] = [], calls: string[] = [], clock = new WorldClock(MINUTE_MS);
  let held: Promise<void> | null = null;
  const opened = await TradingSession.open({
    config: HELD_CONFIG,
    store: {
      load: () => Promise.resolve({ kind: "done", value: saved }),
      known: () => Promise.resolve({ kind: "done", value: new Set() }),
      commit: async () => {
        await held;
        return { kind: "done", value: undefined };
      },
    },
    ...{ epoch: 1, scheduler: clock, real: clock },
    alarm: ({ code }) => alarms.push(code),
    ended: () => {},
  });
  assert.ok(opened.kind === "done");
  const session = opened.value;
  session.lead({
    submit: ({ slot }) => calls.push(slot),
    ...{ cancel: () => {}, query: () => {}, move: () => {} },
  });
  const settle = async () => {
    for (let turn = 0; turn < 100; turn++) await null;
  };
  const ask = (price: number | null) => {
    const request: Request = {
      ...{ kind: "enter", side: "buy", at: price === null ? null : { kind: "limit", price }, stop: null, target: null },
      ...{ sizing: { kind: "units", units: 1 }, reason: "" },
    };
    session.offer({ kind: "decision", book: 0, requests: [request], timeMs: MINUTE_MS });
  };
  const rows = [[0, 0, 100, 100, 100, 100, 1]] as const;
  session.offer({ kind: "candles", closeTimeMs: MINUTE_MS, isLate: false, heardAtMs: MINUTE_MS, rows });
  await settle();
  return { session, alarms, calls, settle, ask, hold: (until: Promise<void>) => held = until };
}

Deno.test("a price that nobody can mean is told as an alarm and does not leave", async () => {
  const { alarms, calls, settle, ask } = await sessionOf();
  ask(1_000);
  await settle();
  assert.deepEqual([alarms, calls], [["absurd-price"], []]);
  ask(99);
  await settle();
  assert.deepEqual([alarms, calls], [["absurd-price"], ["entry"]]);
});

Deno.test("a session that writes down what it took in is not idle, though nothing waits", async () => {
  const { session, calls, settle, ask, hold } = await sessionOf(), written = Promise.withResolvers<void>();
  hold(written.promise);
  ask(null);
  await settle();
  assert.deepEqual([session.waiting, session.isIdle, calls], [0, false, []]);
  written.resolve();
  await settle();
  assert.deepEqual([session.isIdle, calls], [true, ["entry"]]);
});

Deno.test("a successor knows the trades from before the newest state: the venue may still take them back", async () => {
  const { trader, fill, sent } = held(), own = fill(sent("stop")!, "5", "95"), timeMs = MINUTE_MS;
  const { session } = await sessionOf({
    snapshot: { after: 3, state: saveTrader(trader) },
    inputs: [],
    earlier: [
      { kind: "fill", fill: own, timeMs } as const,
      { kind: "busted", fill: own, timeMs } as const,
      { kind: "fill", fill: { ...own, tradeId: "8" }, timeMs } as const,
    ].map(writeInput),
  });
  assert.deepEqual([...session.fills.keys()], ["8"]);
});

Deno.test("who takes up a session that another strategy or program began is told so, and what to do", async () => {
  const inputs = [writeInput({ kind: "recorded", clientOrderId: "s1-0-a-e0" as ClientOrderId, timeMs: MINUTE_MS })];
  await assert.rejects(sessionOf({ ...NEW, inputs }), {
    code: "session-differs",
    message: /^s1-0-a-e0 was recorded, and no input leads to it: a strategy .* Go on with those, or /,
  });
  const state = saveTrader(createTrader(withStrategy(HELD_CONFIG, smaCross.bind())));
  await assert.rejects(sessionOf({ ...NEW, snapshot: { after: 0, state } }), {
    code: "session-differs",
    message:
      /^the newest state of the session cannot be taken up \(the saved state belongs to other series\): a strategy /,
  });
});
