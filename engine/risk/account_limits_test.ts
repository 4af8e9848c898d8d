import assert from "node:assert/strict";
import type { OrderIntent } from "../orders/mod.ts";
import { DAY_MS, type TimestampMs } from "../time/mod.ts";
import { accountRules, type DayBefore, newHistory, type RiskHistory, type RiskView } from "./mod.ts";

const LIMITS = { maxPositionQuote: 5_000, maxDailyLossQuote: 200, maxOrderQuote: 1_000, maxDailyEntries: 3 };
const TODAY_MS = Date.UTC(2026, 10, 27) as TimestampMs;
const NOTHING: DayBefore = { dayStartMs: TODAY_MS, entries: 0, lossQuote: 0 };

/** The code by which an order is refused; null where it is not. */
function code(
  own: Partial<RiskView>,
  { history = {}, before = {}, reduceOnly = false }: {
    history?: Partial<RiskHistory>;
    before?: Partial<DayBefore>;
    reduceOnly?: boolean;
  } = {},
): string | null {
  const view = {
    ...{ instrument: { base: "BTC" }, equity: 10_000, assetExposure: 0, orderNotional: 1_000 },
    ...{ history: { ...newHistory(10_000), ...history }, ...own },
  } as RiskView;
  const rules = accountRules(LIMITS, { ...NOTHING, ...before });
  return rules.map((rule) => rule({ reduceOnly } as OrderIntent, view)).find((own) => own !== null)?.code ?? null;
}

Deno.test("accountRules() lets an entry through at each limit, refuses it beyond, and holds up nothing that reduces", () => {
  assert.equal(code({ assetExposure: 4_000, equity: 9_801 }, { history: { entriesToday: 2 } }), null);
  const beyond: [string, Partial<RiskView>, Partial<RiskHistory>][] = [
    ["account-order", { orderNotional: 1_000.01 }, {}],
    ["account-position", { assetExposure: 4_000.01 }, {}],
    ["account-entries", {}, { entriesToday: 3 }],
    ["account-daily-loss", { equity: 9_800 }, {}],
    ["account-order", { orderNotional: NaN }, {}],
    ["account-position", { assetExposure: NaN }, {}],
    ["account-daily-loss", { equity: NaN }, {}],
  ];
  for (const [expected, view, history] of beyond) {
    assert.equal(code(view, { history }), expected);
    assert.equal(code(view, { history, reduceOnly: true }), null, `${expected} of what reduces`);
  }
});

Deno.test("accountRules() counts what the account did earlier that day, until the day is over", () => {
  for (const dayStartMs of [-Infinity as TimestampMs, TODAY_MS]) {
    assert.equal(code({}, { history: { dayStartMs, entriesToday: 1 }, before: { entries: 2 } }), "account-entries");
    assert.equal(
      code({ equity: 9_900 }, { history: { dayStartMs }, before: { lossQuote: 100 } }),
      "account-daily-loss",
    );
    assert.equal(code({ equity: 9_750 }, { history: { dayStartMs }, before: { lossQuote: -100 } }), null);
  }
  const dayStartMs = TODAY_MS + DAY_MS as TimestampMs;
  assert.equal(
    code({ equity: 9_801 }, { history: { dayStartMs, entriesToday: 2 }, before: { entries: 2, lossQuote: 100 } }),
    null,
  );
});
