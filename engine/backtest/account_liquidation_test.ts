// When positions of random accounts are liquidated, beside the closed formula of the contracts' own documents.
import assert from "node:assert/strict";
import { liquidationPrice, maintenanceMargin, priceOfValue, sizeNumber, valueNumber } from "../market/mod.ts";
import { type Notional, notionalToNumber, quantityToNumber } from "../money/mod.ts";
import { DEFAULT_LIQUIDATION, type HeldPosition, type Simulator } from "../simulator/mod.ts";
import { Drawn } from "../testing/drawn.ts";
import { accountOf, type RandomAccount, type Recipe, recipes } from "../testing/random_account.ts";
import { RANDOM_ACCOUNTS, RandomRuns } from "../testing/random_runs.ts";
import { replayAccount, type WatchedRun, watchedRun } from "../testing/watched_run.ts";

interface Margined {
  readonly run: WatchedRun;
  /** Number of a close, and the exchange as it was then, before orders that trade at it. */
  readonly at: number;
  readonly exchange: Simulator;
}

function marginedRun(recipe: Recipe): Margined {
  const drawn = accountOf(recipe);
  const account: RandomAccount = {
    ...drawn,
    spec: { ...drawn.spec, fillRules: { ...drawn.spec.fillRules, atEnd: "leave-open" } },
  };
  const run = watchedRun(account), choice = new Drawn(recipe.seed, "moment");
  // Often the close before a liquidation: few of all candles have one.
  const lost = run.happened.find(({ event, afterClose }) => event.kind === "liquidation" && afterClose >= 0);
  const at = lost !== undefined && choice.chance(0.8) ? lost.afterClose : choice.whole(0, run.closes.length - 1);
  let closes = 0;
  return { run, at, exchange: replayAccount(account, { decided: () => closes++ < at }).simulator };
}

const seen = { positions: 0, reached: 0, kept: 0, liquidations: 0 };
const runs = new RandomRuns(
  "random accounts on margin",
  recipes({ need: ["margin", "awkward", "calm"] }),
  marginedRun,
  ({ exchange, run }) => {
    seen.positions += exchange.account.positions.filter(({ quantity }) => quantity !== 0n).length;
    seen.liquidations += run.simulator.desk?.liquidated.length ?? 0;
  },
);

/** The price of the closed formula, for the position as the exchange holds it while other markets stay at their marks. */
function formulaOf(
  { account: { spec } }: WatchedRun,
  { account }: Simulator,
  own: HeldPosition,
  marks: number[],
): number {
  const market = account.instruments[own.instrument]!,
    { maintenanceOn } = spec.account.liquidation ?? DEFAULT_LIQUIDATION;
  const quantity = quantityToNumber(own.quantity);
  let collateral = notionalToNumber(own.margin);
  if (spec.account.marginMode === "cross") {
    collateral = notionalToNumber((account.cash + own.entryValue) as Notional);
    for (const other of account.positions) {
      if (other === own || other.quantity === 0n) continue;
      const one = account.instruments[other.instrument]!, units = quantityToNumber(other.quantity);
      const mark = marks[other.instrument]!;
      const size = maintenanceOn === "mark"
        ? sizeNumber(one, mark, units)
        : Math.abs(notionalToNumber(other.entryValue));
      collateral += valueNumber(one, mark, units) - maintenanceMargin(one.marginTiers!, size);
    }
  }
  const entryPrice = Number(priceOfValue(market, own.entryValue, own.quantity)) / 1e12;
  return liquidationPrice({ instrument: market, quantity, entryPrice, collateral }, market.marginTiers!, maintenanceOn);
}

/** Mark candles of a market within a time: those that the exchange looks at. */
function marked({ account }: WatchedRun, instrument: number, fromMs: number, untilMs: number) {
  const { id } = account.feeds?.[instrument]?.mark?.instrument ?? { id: null };
  const traded = account.candles.filter((own) => own.instrument.symbol === account.spec.markets[instrument]!.symbol).at(
    -1,
  )!;
  const own = id === null ? traded : account.feeds![instrument]!.mark!;
  const rows = [...own.openTimeMs.keys()].filter((row) =>
    own.openTimeMs[row]! >= fromMs && own.openTimeMs[row]! < untilMs
  );
  return {
    lows: rows.map((row) => own.low[row]!),
    highs: rows.map((row) => own.high[row]!),
    closes: rows.map((row) => own.close[row]!),
  };
}

runs.holds(
  "no position is left open whose mark is at the closed formula's price or beyond it",
  ({ run, at, exchange }) => {
    if (run.account.spec.account.marginMode === undefined) return;
    const closeMs = run.closes[at]!;
    const marks = run.account.spec.markets.map((_, i) => marked(run, i, -Infinity, closeMs).closes.at(-1) ?? NaN);
    for (const own of exchange.account.positions) {
      if (own.quantity === 0n) continue;
      const price = formulaOf(run, exchange, own, marks), mark = marks[own.instrument]!;
      const isBeyond = own.quantity > 0n ? mark < price * (1 - 1e-9) : mark > price * (1 + 1e-9);
      assert.ok(!isBeyond, `${own.quantity} at a mark of ${mark}, to be liquidated at ${price}`);
    }
  },
);

runs.holds(
  "a position that nothing else changes is liquidated in the first candle whose mark reaches the formula's price",
  ({ run, at, exchange }) => {
    const { spec } = run.account, { marginMode } = spec.account;
    if (marginMode === undefined || at + 1 >= run.closes.length) return;
    const closeMs = run.closes[at]!, nextMs = run.closes[at + 1]!;
    const marks = spec.markets.map((_, i) => marked(run, i, -Infinity, closeMs).closes.at(-1) ?? NaN);
    const events = run.happened.filter(({ afterClose }) => afterClose === at).map(({ event }) => event);
    const held = exchange.account.positions.filter(({ quantity }) => quantity !== 0n);
    for (const own of held) {
      const { id } = exchange.account.instruments[own.instrument]!;
      const isTouched = events.some((event) =>
        (event.kind === "fill" && (marginMode === "cross" || event.fill.instrument === id)) ||
        (event.kind === "charge" && (marginMode === "cross" || event.charge.instrument === id)) ||
        (event.kind === "liquidation" && marginMode === "cross" && event.liquidation.instrument !== id)
      );
      // On cross margin the marks of other positions move the price, too.
      if (isTouched || (marginMode === "cross" && held.length > 1)) continue;
      const price = formulaOf(run, exchange, own, marks),
        { lows, highs } = marked(run, own.instrument, closeMs, nextMs);
      if (lows.length === 0) continue;
      const extreme = own.quantity > 0n ? Math.min(...lows) : Math.max(...highs);
      if (Math.abs(extreme / price - 1) < 1e-9) continue; // the last digit decides
      const isReached = own.quantity > 0n ? extreme < price : extreme > price;
      const found = events.filter((event) =>
        event.kind === "liquidation" && event.liquidation.instrument === id && event.liquidation.side === own.side
      );
      assert.equal(
        found.length,
        isReached ? 1 : 0,
        `${own.quantity} with ${extreme} in the candle and ${price} in the formula`,
      );
      seen[isReached ? "reached" : "kept"]++;
    }
  },
);

Deno.test("the random accounts on margin hold positions that are liquidated, and others", () => {
  runs.makeAll();
  const { reached, kept, liquidations } = seen;
  assert.ok(
    reached > RANDOM_ACCOUNTS / 200 && kept > RANDOM_ACCOUNTS / 50 && liquidations > RANDOM_ACCOUNTS / 20,
    JSON.stringify(seen),
  );
});
