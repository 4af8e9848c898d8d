// What must change nothing in a run: the order of the input, what comes later, a restart, the unit of prices and sizes.
// Random accounts through the whole event path, as in account_properties_test.ts.
import assert from "node:assert/strict";
import { type CandleColumns, VALUE_COLUMNS } from "../market/mod.ts";
import type { VenueEvent } from "../orders/mod.ts";
import type { TimestampMs } from "../time/mod.ts";
import { restoreTrader, saveTrader, type Trader } from "../trader/mod.ts";
import { Drawn } from "../testing/drawn.ts";
import { accountOf, type RandomAccount, type Recipe, recipes } from "../testing/random_account.ts";
import { RANDOM_ACCOUNTS, RandomRuns } from "../testing/random_runs.ts";
import { replayAccount } from "../testing/watched_run.ts";
import { explainRun, parseRunSpec, type Replay, type ReplayObserver } from "./mod.ts";

const seen: Record<string, number> = {};
const count = (what: string, by = 1) => seen[what] = (seen[what] ?? 0) + by;

/** All that a run leaves, as text. */
function resultOf({ trader, fills, closed, equity, holdings, simulator }: Replay): string {
  return saveTrader(trader) + textOf({
    fills,
    closed,
    equity: Object.values(equity).map((column) => [...column as Float64Array]),
    holdings: Object.values(holdings),
    venue: [simulator.account.cash, simulator.account.positions, simulator.ambiguous, simulator.cutEntries],
  });
}

function textOf(value: unknown): string {
  return JSON.stringify(value, (_, own) => typeof own === "bigint" ? `${own}n` : own);
}

/** A run, and where it was at one of its closes. */
interface Base {
  readonly account: RandomAccount;
  readonly replay: Replay;
  readonly result: string;
  /** Number of the close at which others are compared with it. */
  readonly at: number;
  readonly atMs: TimestampMs;
  readonly state: string;
  readonly newsSoFar: string;
  readonly closes: readonly TimestampMs[];
}

function baseOf(recipe: Recipe): Base {
  const account = accountOf(recipe),
    times = new Set(
      account.candles.filter((own) => own.timeframe === account.spec.timeframe).flatMap((
        { openTimeMs },
      ) => [...openTimeMs]),
    );
  const at = new Drawn(recipe.seed, "moment").whole(0, times.size - 1);
  const watch = momentOf(at, true);
  const replay = replayAccount(account, watch.observer);
  return { account, replay, result: resultOf(replay), at, ...watch.moment(), closes: watch.closes };
}

/** Writes down the trader and all news at a close; ends the run there unless it `goesOn`. */
function momentOf(at: number, goesOn: boolean) {
  const news: VenueEvent[] = [];
  const closes: TimestampMs[] = [];
  let found: { atMs: TimestampMs; state: string; newsSoFar: string } | null = null;
  const observer: ReplayObserver = {
    news(event) {
      if (found === null) news.push(event);
    },
    decided(trader, { closeTimeMs }) {
      closes.push(closeTimeMs);
      if (closes.length - 1 !== at) return true;
      found = { atMs: closeTimeMs, state: saveTrader(trader), newsSoFar: textOf(news) };
      return goesOn;
    },
  };
  return { observer, closes, moment: () => found! };
}

const runs = new RandomRuns("random accounts", recipes(), baseOf, ({ replay }) => {
  count("fills", replay.fills.length);
  count("liquidations", replay.simulator.desk?.liquidated.length ?? 0);
  count("open at the end", replay.trader.state.orders.length);
});

runs.holds(
  "the order of markets, strategies and candles in the input decides nothing, to the byte",
  ({ account, result }) => {
    const { input } = account;
    const spec = parseRunSpec({
      ...input,
      markets: input.markets.toReversed(),
      strategies: input.strategies!.toReversed(),
    });
    // Bound strategies go with the spec's order, which is that of their names.
    const again = { ...account, spec, candles: account.candles.toReversed() };
    assert.equal(resultOf(replayAccount(again)), result);
  },
);

runs.holds(
  "poison in all candles after a moment changes nothing before it, no order, no fill and no equity",
  (base) => {
    const { account, at, atMs, state, newsSoFar, replay } = base;
    const watch = momentOf(at, false);
    const early = replayAccount(
      { ...account, candles: account.candles.map((own) => poisoned(own, atMs)) },
      watch.observer,
    );
    assert.equal(watch.moment().state, state);
    assert.equal(watch.moment().newsSoFar, newsSoFar);
    // What rules close at the end of the data corrects the last row.
    const rows = Math.max(0, at - 1);
    assert.deepEqual(early.equity.equity.slice(0, rows), replay.equity.equity.slice(0, rows));
  },
);

/** Nothing but NaN in candles that open at a moment or later. */
function poisoned(candles: CandleColumns, fromMs: number): CandleColumns {
  const columns = VALUE_COLUMNS.map((name) => [
    name,
    candles[name].map((value, i) => candles.openTimeMs[i]! >= fromMs ? NaN : value),
  ]);
  return { ...candles, ...Object.fromEntries(columns) };
}

runs.holds(
  "a trader that is written down and read back at any close and amid any news goes on to the same bytes",
  ({ account, closes, result }) => {
    const drawn = new Drawn(account.recipe.seed, "restarts");
    const atClose = drawn.whole(0, closes.length - 1), atNews = drawn.whole(0, 9);
    let trader: Trader | null = null, close = 0, news = 0;
    const restart = () => {
      count("restarts");
      Object.assign(trader!, restoreTrader(trader!.config, saveTrader(trader!)));
    };
    const split = replayAccount(account, {
      begun(own) {
        trader = own;
      },
      decided() {
        if (close++ === atClose) restart();
        return true;
      },
      news() {
        if (news++ === atNews) restart();
      },
    });
    assert.equal(resultOf(split), result);
  },
);

runs.holds("an explanation is the same when all candles after what it tells are poison", (base) => {
  const { account, atMs } = base, { spec, strategies, candles, feeds = [] } = account;
  const closes = base.closes.filter((closeMs) => closeMs < atMs), decidedAtMs = closes.at(-1);
  if (decidedAtMs === undefined) return;
  const published = feeds.map(({ funding, mark }) => ({ ...(funding ? { funding } : {}), ...(mark ? { mark } : {}) }));
  const [clean, poison] = [candles, candles.map((own) => poisoned(own, atMs))].map((own) =>
    textOf(explainRun(spec, strategies, own, decidedAtMs, {}, published))
  );
  assert.equal(poison, clean);
  count("explained", clean!.length > 1_000 ? 1 : 0);
});

const FREE = recipes({ without: ["fees", "tiers", "third-asset", "funding", "mark", "margin"] });
const priced = new RandomRuns("random accounts without fees", FREE, (recipe) => ({
  plain: replayAccount(accountOf(recipe)),
  doubled: replayAccount(accountOf(recipe, 2)),
}), ({ plain }) => count("fills at doubled prices", plain.fills.length));

priced.holds("doubled prices and halved sizes double nothing but prices, to the last unit", ({ plain, doubled }) => {
  const { config, state } = plain.trader;
  assert.equal(doubled.fills.length, plain.fills.length);
  // As many contracts whose price has doubled are worth half of the base asset: there are twice as many.
  const isInverse = config.instruments[0]!.kind === "inverse";
  const sized = (quantity: bigint) => isInverse ? quantity * 2n : quantity / 2n;
  plain.fills.forEach(({ fill, basis }, i) => {
    const other = doubled.fills[i]!;
    const { price, quantity, ...rest } = other.fill, { price: first, quantity: size, ...same } = fill;
    assert.equal(price, first * 2n);
    assert.equal(quantity, sized(size));
    assert.deepEqual(rest, same);
    assert.deepEqual(other.basis, { ...basis, unslipped: basis.unslipped * 2 });
  });
  assert.equal(doubled.trader.state.account.cash, state.account.cash);
  assert.deepEqual(doubled.trader.state.account.positions, state.account.positions.map(sized));
  assert.deepEqual(doubled.trader.state.funnel, state.funnel);
  assert.deepEqual(doubled.equity, plain.equity);
});

Deno.test("the random accounts of these properties trade, are restarted and explained", () => {
  runs.makeAll();
  priced.makeAll();
  const fewest = {
    fills: 3,
    "fills at doubled prices": 3,
    "open at the end": 1,
    restarts: 1,
    explained: 0.2,
    liquidations: 0.01,
  };
  for (const [what, anAccount] of Object.entries(fewest)) {
    assert.ok(seen[what]! >= anAccount * RANDOM_ACCOUNTS * 0.5, `${what}: only ${seen[what]}`);
  }
});
