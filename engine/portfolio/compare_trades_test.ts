import assert from "node:assert/strict";
import { timeframe } from "../time/mod.ts";
import { compareTrades, type Trade } from "./mod.ts";

const HOUR = 3_600_000, MINUTE = 60_000;
const trade = (part: Partial<Trade>) =>
  ({
    instrument: "test:BTC/USDT",
    strategy: "s",
    side: "long",
    entryTimeMs: 0,
    exitTimeMs: 2 * HOUR,
    quantity: 1,
    entryPrice: 100,
    exitPrice: 95,
    entryReason: "enter",
    exitReason: "stop",
    ...part,
  }) as Trade;

Deno.test("trades of two runs are paired by the candle of their entry, and only what differs is listed", () => {
  const left = [trade({}), trade({ entryTimeMs: 4 * HOUR as never }), trade({ entryTimeMs: 8 * HOUR as never })];
  const right = [
    // The same in finer candles: other minutes, the same hours.
    trade({ entryTimeMs: 5 * MINUTE as never, exitTimeMs: 2 * HOUR + 7 * MINUTE as never }),
    trade({ entryTimeMs: 4 * HOUR as never, exitPrice: 105, exitReason: "target", exitTimeMs: 3 * HOUR as never }),
    trade({ entryTimeMs: 6 * HOUR as never }),
  ];
  const differences = compareTrades(left, right, timeframe("1h"));
  assert.deepEqual(
    differences.map(({ left: a, right: b, fields }) => [a?.entryTimeMs ?? null, b?.entryTimeMs ?? null, fields]),
    [
      [4 * HOUR, 4 * HOUR, ["exitPrice", "exitReason", "exitTimeMs"]],
      [null, 6 * HOUR, []],
      [8 * HOUR, null, []],
    ],
  );
  assert.deepEqual(compareTrades(left, left, timeframe("1h")), []);
});
