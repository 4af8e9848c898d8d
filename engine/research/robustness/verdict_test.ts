import assert from "node:assert/strict";
import type { TrialJudgement } from "../trial_family.ts";
import type { Distribution } from "./distribution.ts";
import type { DrawnHistories, RobustnessParts } from "./robustness_parts.ts";
import { type Headline, verdictOf } from "./verdict.ts";
import { verdictText } from "./verdict_text.ts";
import { amount, listed, percent } from "./verdict_words.ts";

const spread: Distribution = {
  samples: 100,
  p05: -0.3,
  p25: 0.2,
  median: 0.5,
  p75: 0.6,
  p95: 0.9,
  actual: 0.5,
  belowActualFraction: 0.5,
  histogram: null,
};
const drawn: DrawnHistories = {
  samples: 100,
  totalReturn: spread,
  sharpe: spread,
  maxDrawdown: spread,
  profitableFraction: 0.95,
  beatsHoldingFraction: 0.7,
};
const figures = {
  totalReturnFraction: 2,
  cagrFraction: 0.3,
  sharpe: 1.5,
  maxDrawdownFraction: -0.25,
  tradeCount: 200,
};
const judgement = {
  trials: 40,
  sharpe: 1.5,
  expectedMaximumSharpe: 0.6,
  deflatedSharpe: 0.97,
  probabilisticSharpe: 0.99,
} as TrialJudgement;
const crisis = { name: "March 2020", from: "2020-03-01", to: "2020-04-01", exposureFraction: 0.5 };
const window = (run: number, held: number) => ({
  ...crisis,
  run: { returnFraction: run, maxDrawdownFraction: -0.1 },
  held: { returnFraction: held, maxDrawdownFraction: -0.5 },
});

/** A study against which nothing speaks. */
const sound = {
  run: {
    hash: "0".repeat(64),
    strategy: "test",
    params: {},
    markets: ["binance:BTC/USDT"],
    timeframe: "1h",
    fromMs: 0,
    toMs: 1,
    cashQuote: 10_000,
    engineVersion: "0",
  },
  settings: { blockCandles: 100 },
  path: "columns",
  why: null,
  replays: 1,
  interrupted: false,
  actual: figures,
  held: { totalReturnFraction: 1, cagrFraction: 0.2, sharpe: 0.8, maxDrawdownFraction: -0.8 },
  tradeOrder: { shuffledDrawdown: spread, ruinProbability: 0.01, ruinFraction: 0.5 },
  skipped: { levels: [{ skipFraction: 0.25, totalReturn: spread, profitableFraction: 1 }] },
  bootstrap: { movingBlock: drawn, stationary: drawn },
  noise: { levels: [{ rangeFraction: 0.1, ...drawn }] },
  costs: { feeBps: 10, slippageBps: 2, levels: [], free: figures, breakEvenBps: 40 },
  late: { delays: [{ delayMs: 3_600_000, isOneBar: true, figures: { ...figures, cagrFraction: 0.28 } }] },
  crisis: { windows: [window(-0.05, -0.25)], missing: [] },
  capacity: { halfAtQuote: 1e6, zeroAtQuote: 4e6, participationAtQuote: null },
  entries: { pValue: 0.001, samples: 1_000 },
  sources: {
    years: [],
    bestYears: { years: [2017, 2020], otherCagrFraction: 0.2 },
    lastThird: { fromMs: 0, cagrFraction: 0.3, heldCagrFraction: 0.1 },
    withoutBestTrades: { left: 5, totalReturnFraction: 0.8 },
    carryingTrades: 20,
  },
  heldInWalkFraction: 0.1,
  evidence: {
    judgement,
    overfitting: { trials: 40, days: 1_000, pbo: 0.05 },
    walks: [{
      windows: 8,
      fromMs: 0,
      toMs: 1,
      cagrFraction: 0.2,
      sharpe: 1.2,
      probabilisticSharpe: 0.99,
      efficiencyRatio: 0.6,
    }],
  },
} as unknown as RobustnessParts;

type Change = { readonly [K in keyof RobustnessParts]?: unknown };
const changed = (change: Change) => ({ ...sound, ...change }) as RobustnessParts;
const delays = (cagrFraction: number, totalReturnFraction = 1) => ({
  delays: [{ delayMs: 3_600_000, isOneBar: true, figures: { ...figures, cagrFraction, totalReturnFraction } }],
});
const sources = (more: object) => ({ ...sound.sources, ...more });
const evidence = (more: object) => ({ ...sound.evidence, ...more });

Deno.test("a study against which nothing speaks holds up so far, and that is called no promise", () => {
  const verdict = verdictOf(sound);
  assert.equal(verdict.headline, "holds up so far");
  assert.deepEqual(verdict.against, []);
  assert.deepEqual(verdict.unknown, []);
  assert.match(verdict.summary, /no promise/);
  assert.deepEqual(verdict.conditions.map(({ sentence, held }) => [sentence.slice(0, 40), held]), [
    ["Fees and slippage together stay below 40", true],
    ["The best of 40 trials is not luck (defla", true],
    ["Its entries know something: random entri", true],
    ["The market goes on to move as it did: it", null],
    ["You sit through a fall of 30 % and go on", null],
    ["The account stays below 4 million USDT: ", true],
  ]);
});

/** One change each: the rule that speaks, how much it weighs, what it says, and what the headline becomes. */
const CASES: readonly [change: Change, rule: string, weight: string, says: RegExp, headline: Headline][] = [
  [
    { actual: { ...figures, totalReturnFraction: -0.2, cagrFraction: -0.05 } },
    "profit",
    "fatal",
    /lost money: −20 %/,
    "does not hold up",
  ],
  [
    { actual: { ...figures, totalReturnFraction: 0.9, cagrFraction: 0.15, sharpe: 0.7 } },
    "holding",
    "fatal",
    /Holding did better without any work/,
    "does not hold up",
  ],
  [
    { actual: { ...figures, totalReturnFraction: 0.9, cagrFraction: 0.19 } },
    "holding",
    "doubt",
    /less than holding and was calmer/,
    "holds up so far",
  ],
  [
    { held: { ...sound.held, totalReturnFraction: 2.001 } },
    "holding",
    "doubt",
    /no more than holding/,
    "holds up so far",
  ],
  [{ actual: { ...figures, tradeCount: 29 } }, "trades", "thin", /29 trades: fewer than 30/, "too little to tell"],
  [{ costs: { ...sound.costs, breakEvenBps: 23.9 } }, "costs", "doubt", /23.9 bps a side end it/, "holds up so far"],
  [{ costs: { ...sound.costs, breakEvenBps: 0 } }, "costs", "fatal", /Even without fees/, "does not hold up"],
  [{ late: delays(0.14) }, "delay", "doubt", /lives on speed: one candle \(1h\) later/, "holds up so far"],
  [{ late: delays(0.2, -0.1) }, "delay", "doubt", /lives on speed/, "holds up so far"],
  [{ evidence: evidence({ judgement: null }) }, "luck", "doubt", /Nobody counted/, "holds up so far"],
  [
    { evidence: evidence({ judgement: { ...judgement, deflatedSharpe: 0.9 } }) },
    "luck",
    "doubt",
    /best of 40 trials a Sharpe ratio of 0.60; its own, 1.50, .* 90.0 %/,
    "holds up so far",
  ],
  [
    { evidence: evidence({ judgement: { ...judgement, deflatedSharpe: 0.4 } }) },
    "luck",
    "fatal",
    /40.0 %/,
    "does not hold up",
  ],
  [
    { evidence: evidence({ overfitting: { trials: 9, days: 99, pbo: 0.3 } }) },
    "overfitting",
    "doubt",
    /best of 9 .* 30 % of the splits/,
    "holds up so far",
  ],
  [
    { evidence: evidence({ overfitting: { trials: 9, days: 99, pbo: 0.67 } }) },
    "overfitting",
    "fatal",
    /67 % of the splits \(PBO\)/,
    "does not hold up",
  ],
  [
    { evidence: evidence({ walks: [{ ...sound.evidence.walks[0], cagrFraction: -0.02 }] }) },
    "walk-forward",
    "fatal",
    /did not pay/,
    "does not hold up",
  ],
  [
    { evidence: evidence({ walks: [{ ...sound.evidence.walks[0], probabilisticSharpe: 0.85 }] }) },
    "walk-forward",
    "doubt",
    /probability of 85 %/,
    "holds up so far",
  ],
  [
    { heldInWalkFraction: 0.4 },
    "walk-forward",
    "doubt",
    /returned 20 % a year on the time after, holding 40 %/,
    "holds up so far",
  ],
  [{ entries: { pValue: 0.2, samples: 1_000 } }, "entries", "doubt", /20.0 % of 1,000 draws/, "holds up so far"],
  [{ entries: { pValue: 0.6, samples: 1_000 } }, "entries", "fatal", /may be chance/, "does not hold up"],
  [
    { sources: sources({ bestYears: { years: [2017, 2020], otherCagrFraction: 0.1 } }) },
    "years",
    "doubt",
    /2017 and 2020 made .* the other years returned 10 % a year/,
    "holds up so far",
  ],
  [
    { sources: sources({ lastThird: { fromMs: 0, cagrFraction: 0.1, heldCagrFraction: 0.4 } }) },
    "recent",
    "doubt",
    /its best time is behind it/,
    "holds up so far",
  ],
  [
    { sources: sources({ withoutBestTrades: { left: 5, totalReturnFraction: -0.1 }, carryingTrades: 4 }) },
    "few trades",
    "doubt",
    /Its 4 best of 200 trades/,
    "holds up so far",
  ],
  [
    { bootstrap: { ...sound.bootstrap, stationary: { ...drawn, profitableFraction: 0.45 } } },
    "other histories",
    "fatal",
    /made money in 45 %/,
    "does not hold up",
  ],
  [
    { bootstrap: { ...sound.bootstrap, stationary: { ...drawn, beatsHoldingFraction: 0.2 } } },
    "other histories",
    "doubt",
    /more than holding in 20 %/,
    "holds up so far",
  ],
  [
    { noise: { levels: [{ rangeFraction: 0.1, ...drawn, profitableFraction: 0.3 }] } },
    "noise",
    "doubt",
    /noise of 10 %/,
    "holds up so far",
  ],
  [
    { skipped: { levels: [{ skipFraction: 0.25, totalReturn: spread, profitableFraction: 0.7 }] } },
    "missed trades",
    "doubt",
    /Missing 25 % of its trades/,
    "holds up so far",
  ],
  [
    { tradeOrder: { ...sound.tradeOrder, shuffledDrawdown: { ...spread, p05: -0.6 } } },
    "drawdown",
    "doubt",
    /falls by 60 % or more/,
    "holds up so far",
  ],
  [
    { capacity: { halfAtQuote: 50_000, zeroAtQuote: 200_000, participationAtQuote: 60_000 } },
    "capacity",
    "doubt",
    /at 50,000 USDT its own orders take half/,
    "holds up so far",
  ],
  [
    {
      capacity: {
        halfAtQuote: 1e11,
        zeroAtQuote: 4e11,
        participationAtQuote: 40_000,
        settings: { impactCoefficient: 1, participationFraction: 0.1 },
      },
    },
    "capacity",
    "doubt",
    /above 40,000 USDT one fill in ten takes more than 10 % of its candle's volume, where nobody knows/,
    "holds up so far",
  ],
  [
    { crisis: { windows: [window(-0.3, -0.25)], missing: [] } },
    "crises",
    "doubt",
    /more than holding in 1 of 1 crisis/,
    "holds up so far",
  ],
];

Deno.test("each rule speaks from its own figure on, and the headline follows from the weights", () => {
  for (const [change, rule, weight, says, headline] of CASES) {
    const verdict = verdictOf(changed(change)), [own, ...more] = verdict.against.filter((point) => point.rule === rule);
    assert.deepEqual([own?.weight, more.length], [weight, 0], `${rule}: ${JSON.stringify(change)}`);
    assert.match(own!.sentence, says);
    assert.equal(verdict.headline, headline, rule);
  }
});

Deno.test("two doubts make a result fragile", () => {
  const { headline, against, summary } = verdictOf(
    changed({ entries: { pValue: 0.2, samples: 1_000 }, late: delays(0.1) }),
  );
  assert.equal(headline, "fragile");
  assert.deepEqual(against.map(({ rule }) => rule), ["delay", "entries"]);
  assert.match(summary, /2 findings speak against it/);
});

Deno.test("what was not looked at is said, and nothing is concluded from it", () => {
  const none = { reason: "it was too late" };
  const { unknown, headline } = verdictOf(changed({
    costs: none,
    late: none,
    noise: none,
    entries: none,
    bootstrap: { movingBlock: none, stationary: none },
    evidence: evidence({ overfitting: null, walks: [] }),
    crisis: { windows: [], missing: [crisis] },
  }));
  assert.equal(headline, "holds up so far");
  assert.deepEqual(unknown.map((sentence) => sentence.split(":")[0]), [
    "Costs",
    "Delays",
    "Overfitting",
    "Choosing parameters again and again",
    "Entries",
    "Other histories",
    "Noise on prices",
    "Not in the data",
  ]);
});

Deno.test("a verdict reads as plain text, with a mark at each condition", () => {
  const text = verdictText(verdictOf(changed({ entries: { pValue: 0.2, samples: 1_000 } })));
  assert.match(text, /^Verdict: holds up so far\. Nothing that was tried ends it, with one doubt\./);
  assert.match(
    text,
    /\n {2}✓ Fees and slippage together stay below 40\.0 bps a side; this run paid 12\.0 bps on binance\.\n/,
  );
  assert.match(text, /\n {2}✗ Its entries know something/);
  assert.match(text, /\n\nAgainst it:\n {2}✗ Its entries may be chance/);
});

Deno.test("figures are said with as many digits as people use", () => {
  assert.deepEqual([percent(0.123), percent(-0.0412), percent(null), percent(-0.0001), percent(16.27)], [
    "12 %",
    "−4.1 %",
    "–",
    "0.0 %",
    "1,627 %",
  ]);
  assert.deepEqual([amount(4_210_000), amount(948_123), amount(2.5e9)], ["4.2 million", "950,000", "2.5 billion"]);
  assert.deepEqual([listed([1]), listed([1, 2]), listed([1, 2, 3])], ["1", "1 and 2", "1, 2 and 3"]);
});
