import assert from "node:assert/strict";
import { HELD_CONFIG, HELD_MARKET, watching } from "../testing/held_position.ts";
import { instrument } from "../market/mod.ts";
import type { RiskRule, RiskView } from "../risk/mod.ts";
import { percent, type Request } from "../strategies/mod.ts";

const market = (symbol: string) => instrument({ exchange: "test", symbol, kind: "spot", tick: "0.01", lot: "0.001" });

const entry = (units: number): Request => ({
  ...{ kind: "enter", side: "buy", at: null, sizing: { kind: "units", units }, stop: percent(5), target: null },
  reason: "enter",
});

/** Three markets at 100, two of which trade one asset; each decision shows what the rules are shown. */
function seeing() {
  const { strategy } = HELD_CONFIG.books[0]!, seen: RiskView[] = [];
  const sees: RiskRule = (_, view) => {
    seen.push(view);
    return null;
  };
  const own = watching({
    ...HELD_CONFIG,
    instruments: [HELD_MARKET, market("BTC/USDC"), market("ETH/USDT")],
    books: [0, 1, 2].map((number) => ({ strategy, instrument: number })),
    rules: [sees],
  });
  own.trader.state.marks.fill(100);
  /** What the rules are shown of an entry. */
  const view = (book: number, units: number) => {
    own.feed({ kind: "decision", book, requests: [entry(units)], timeMs: own.now() });
    const { assetExposure, grossExposure, freeCash } = seen.at(-1)!;
    return [assetExposure, grossExposure, freeCash];
  };
  return { ...own, view };
}

Deno.test("what is on its way counts as filled: an asset's purchases in all its markets, and those of no other", () => {
  const { view } = seeing();
  assert.deepEqual(view(0, 5), [0, 0, 100_000]);
  assert.deepEqual(view(1, 1), [500, 500, 99_500]);
  assert.deepEqual(view(2, 1), [0, 600, 99_400]);
});

Deno.test("a close on its way gives back cash and exposure, and the exposure of its own asset alone", () => {
  for (const [book, wanted] of [[1, [0, 0, 100_000]], [2, [0, 0, 100_000]]] as const) {
    const { view, ask, fill, sent } = seeing();
    view(0, 5);
    fill(sent("entry")!, "5", "100");
    ask({ kind: "close", reason: "enough" });
    assert.deepEqual(view(book, 1), wanted);
  }
});
