import assert from "node:assert/strict";
import type { Exchange, Market } from "../exchanges/mod.ts";
import { instrument } from "../market/mod.ts";
import { notional, price, quantity } from "../money/mod.ts";
import { type TimestampMs } from "../time/mod.ts";
import type { Trader } from "../trader/mod.ts";
import { GridWatch, type GridWatchParts } from "./grid_watch.ts";

const MARKETS = ["BTC/USDT", "ETH/USDT"].map((symbol) =>
  instrument({ exchange: "test", symbol, kind: "spot", tick: "0.01", lot: "0.001", minNotional: "5" })
);
const AS_BEFORE = { tick: "0.01", lot: "0.001", minNotional: "5" };

/** What a watch tells of markets that a venue lists, each later than the one before. */
function toldOf(...answers: (readonly Partial<Market>[] | null)[]) {
  const told: Parameters<GridWatchParts["offer"]>[0][] = [];
  let nowMs = 0, asked = 0;
  const watch = new GridWatch({
    exchange: {
      markets: () => {
        const markets = answers[asked++] ?? null;
        return Promise.resolve(
          markets === null ? { kind: "unknown", reason: "" } : { kind: "done", value: markets as readonly Market[] },
        );
      },
    } satisfies Pick<Exchange, "markets">,
    trader: { config: { instruments: MARKETS } } as unknown as Trader,
    scheduler: { now: () => nowMs as TimestampMs, after: () => () => {} },
    offer: (event) => void told.push(event),
    failed: (error) => {
      throw error;
    },
  });
  const suspectAt = async (atMs: number) => {
    nowMs = atMs;
    watch.suspect();
    for (let turn = 0; turn < 10; turn++) await null;
  };
  return { told, watch, suspectAt, asked: () => asked };
}

Deno.test("a market that the venue lists with other steps is told of with those that it says", async () => {
  const changed = { symbol: "ETH/USDT", kind: "spot", tick: "0.1", lot: null, minNotional: "10" } as const;
  const { told, suspectAt } = toldOf([{ symbol: "BTC/USDT", kind: "spot", ...AS_BEFORE }, changed]);
  await suspectAt(20_000);
  assert.deepEqual(told, [{
    kind: "regridded",
    instrument: 1,
    grid: { tick: price("0.1"), lot: quantity("0.001"), minNotional: notional("10") },
    timeMs: 20_000,
  }]);
});

Deno.test("markets that are as they were, contracts of that name, and no answer tell nothing", async () => {
  const { told, suspectAt, asked } = toldOf(
    [{ symbol: "ETH/USDT", kind: "linear", tick: "1", lot: "1", minNotional: "1" }],
    null,
  );
  await suspectAt(20_000);
  await suspectAt(40_000);
  assert.deepEqual([told, asked()], [[], 2]);
});

Deno.test("refusals in a row make one question, and without any it is asked once an hour", async () => {
  const { suspectAt, asked, watch } = toldOf([], [], []);
  await suspectAt(20_000);
  await suspectAt(21_000);
  assert.equal(asked(), 1);
  watch.look();
  assert.equal(asked(), 1);
  await suspectAt(31_000);
  assert.equal(asked(), 2);
});
