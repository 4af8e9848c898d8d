import assert from "node:assert/strict";
import { parseRunSpec } from "./mod.ts";

const plain = { strategy: "s", markets: [{ exchange: "test", symbol: "BTC/USDT" }], timeframe: "1h" };

Deno.test("a name that a run spec does not have is refused with the one that is meant, or those that there are", () => {
  const cases: [object, RegExp][] = [
    [{ limits: { maxPosition: 3 } }, /^"limits" of the run spec has no "maxPosition": did you mean maxPositions\?$/],
    [{ timefram: "1h" }, /^the run spec has no "timefram": did you mean timeframe\?$/],
    [{ universe: { top: 3, best: 1, days: 30 } }, /has no "best": it has rank, top, lookbackDays, every, onLeave$/],
    [{ markets: [{ exchange: "a", symbol: "B/C", lots: "1" }] }, /^"markets.0" .* no "lots": did you mean lot\?$/],
    [{ leverage: 3 }, /^the run spec has no "leverage": it has strategy, /],
  ];
  for (const [part, message] of cases) assert.throws(() => parseRunSpec({ ...plain, ...part }), { message });
});

Deno.test("leverage or a margin mode without a market that can be held on margin is refused with the remedy", () => {
  for (const account of [{ leverage: 3 }, { marginMode: "isolated" }]) {
    assert.throws(
      () => parseRunSpec({ ...plain, account }),
      /no market of the run can be held on margin: say "kind": "linear"/,
    );
  }
  parseRunSpec({ ...plain, account: { leverage: 3, borrow: { BTC: 0.00001 } } });
});
