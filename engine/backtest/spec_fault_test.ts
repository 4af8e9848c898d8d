import assert from "node:assert/strict";
import { defaultRules } from "../simulator/mod.ts";
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

Deno.test("a value that a field does not take is told with the field, the value and what it takes (16 cases)", () => {
  const cases: [object, string][] = [
    [{ account: { leverage: 500 } }, '"account.leverage" of the run spec is 500: use a number from 1, up to 125'],
    [{ account: { leverage: "3" } }, '"account.leverage" of the run spec is "3": use a number from 1, up to 125'],
    [{ account: { cashQuote: 0 } }, '"account.cashQuote" of the run spec is 0: use a number above 0'],
    [
      { account: { marginMode: "crossed" } },
      '"account.marginMode" of the run spec is "crossed": use one of isolated, cross',
    ],
    [{ account: { funding: "yes" } }, '"account.funding" of the run spec is "yes": use true or false'],
    [{ limits: { maxPositions: 1.5 } }, '"limits.maxPositions" of the run spec is 1.5: use a whole number above 0'],
    [
      { limits: { maxDrawdownFraction: 20 } },
      '"limits.maxDrawdownFraction" of the run spec is 20: use a number above 0, up to 1',
    ],
    [{ costs: { fixedFeeQuote: -1 } }, '"costs.fixedFeeQuote" of the run spec is -1: use a number from 0'],
    [{ universe: { top: 0 } }, '"universe.top" of the run spec is 0: use a whole number from 1, up to 1000'],
    [
      { universe: { lookbackDays: 3 } },
      '"universe.top" of the run spec is missing: state a whole number from 1, up to 1000',
    ],
    [{ seed: 0.5 }, '"seed" of the run spec is 0.5: use a whole number from 0, up to 4294967295'],
    [{ markets: [] }, '"markets" of the run spec is []: use a list of 1 or more'],
    [{ markets: "BTC/USDT" }, '"markets" of the run spec is "BTC/USDT": use a list'],
    [{ timeframe: 60 }, '"timeframe" of the run spec is 60: use a text'],
    [
      { sizing: { kind: "all-in" } },
      '"sizing.kind" of the run spec is "all-in": use one of equity-fraction, fixed-notional, risk-per-trade, units, volatility-target, atr-risk, kelly',
    ],
    [{ sizing: { kind: "units", units: 0 } }, '"sizing.units" of the run spec is 0: use a number above 0'],
  ];
  for (const [part, message] of cases) assert.throws(() => parseRunSpec({ ...plain, ...part }), { message });
});

Deno.test("the path that is called pessimistic is the one of rules that state none, to the hash", () => {
  const rules = (part: object) => parseRunSpec({ ...plain, fillRules: { ...defaultRules, ...part } });
  assert.deepEqual(rules({ path: "pessimistic" }), parseRunSpec(plain));
  assert.equal(rules({ path: "random" }).fillRules.path, "random");
});

Deno.test("a market may have fees of its own", () => {
  const { markets } = parseRunSpec({ ...plain, markets: [{ ...plain.markets[0], makerBps: -1, takerBps: 4 }] });
  assert.deepEqual([markets[0]!.makerBps, markets[0]!.takerBps], [-1, 4]);
  assert.throws(
    () => parseRunSpec({ ...plain, markets: [{ ...plain.markets[0], takerBps: 20_000 }] }),
    /a fee of 20000 basis points for BTC\/USDT makes no sense/,
  );
});
