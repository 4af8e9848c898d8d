// What holds in every run of every account: random markets, strategies, rules, costs and candles through the whole event
// path. All properties look at the same runs.
import assert from "node:assert/strict";
import { valueNumber } from "../market/mod.ts";
import { absoluteQuantity, type Notional, notionalFromNumber, notionalToNumber } from "../money/mod.ts";
import {
  allSteps,
  type Fill,
  type OrderState,
  positionChange,
  type PriceRule,
  type VenueEvent,
} from "../orders/mod.ts";
import { cashChange, LOT_METHODS, taxLots } from "../portfolio/mod.ts";
import { assertClose } from "../testing/assert_close.ts";
import { accountOf, recipes } from "../testing/random_account.ts";
import { RANDOM_ACCOUNTS, RandomRuns } from "../testing/random_runs.ts";
import { exactFills } from "./exact_fills.ts";
import { liquidationFacts } from "./explained_takeover.ts";
import { runFill } from "./run_fill.ts";
import { type Happened, metColumns, metRow, unitsOf, type WatchedRun, watchedRun } from "../testing/watched_run.ts";

const seen: Record<string, number> = {};
const runs = new RandomRuns("random accounts", recipes(), (recipe) => watchedRun(accountOf(recipe)), note);

type FillEvent = Extract<VenueEvent, { kind: "fill" }>;
const baseColumns = ({ account }: WatchedRun, { fill }: FillEvent) =>
  account.candles.find((own) => own.instrument.id === fill.instrument)!;
const fillsOf = ({ happened }: WatchedRun) => happened.flatMap(({ event }) => event.kind === "fill" ? [event] : []);

/** The account as its events make it, exactly. */
class Fold {
  cash: bigint;
  third: bigint;
  readonly positions: bigint[];

  constructor(readonly run: WatchedRun) {
    const { spec } = run.account;
    this.cash = notionalFromNumber(spec.account.cashQuote);
    this.third = notionalFromNumber(spec.costs.payFeesIn?.balance ?? 0);
    this.positions = spec.markets.map(() => 0n);
  }

  add(event: VenueEvent): void {
    if (event.kind === "fill") this.#fill(event.fill);
    else if (event.kind === "charge") this.cash -= event.charge.amount;
    else if (event.kind === "liquidation") {
      const { id, instrument, position, price, fee, timeMs } = event.liquidation;
      this.#fill({
        tradeId: id,
        clientOrderId: id as Fill["clientOrderId"],
        instrument,
        side: position > 0n ? "sell" : "buy",
        price,
        quantity: absoluteQuantity(position),
        fee,
        feeAsset: "",
        feeFrom: "cash",
        liquidity: "taker",
        timeMs,
      });
    }
  }

  #fill(fill: Fill): void {
    const { instruments } = this.run.trader.config;
    const number = instruments.findIndex(({ id }) => id === fill.instrument);
    this.cash += cashChange(fill, instruments[number]!);
    this.positions[number]! += positionChange(fill);
    if (fill.feeFrom === "third") this.third -= fill.fee;
  }

  equity(marks: readonly number[]): number {
    const { instruments } = this.run.trader.config;
    const third = Number(this.third) / 1e24 * 300;
    return this.positions.reduce(
      (sum, position, i) =>
        position === 0n ? sum : sum + valueNumber(instruments[i]!, marks[i]!, Number(position) / 1e12),
      notionalToNumber(this.cash as Notional) + third,
    );
  }
}

runs.holds(
  "cash, the fee balance and positions are the start and all that happened, to the last unit, for trader and venue",
  (run) => {
    const { trader: { state, config }, simulator, happened } = run, fold = new Fold(run);
    for (const { event } of happened) fold.add(event);
    assert.equal(state.account.cash, fold.cash);
    assert.equal(simulator.account.cash, fold.cash);
    if (state.account.feeBalance !== null) assert.equal(state.account.feeBalance.amount, fold.third);
    assert.equal(simulator.account.fees.balance, fold.third);
    config.instruments.forEach((_, i) => {
      assert.equal(simulator.account.position(i), fold.positions[i]);
      assert.equal(state.account.positions[i]! + state.account.dust[i]!, fold.positions[i]);
      const held = state.books.reduce(
        (sum, { position }, book) => config.books[book]!.instrument === i ? sum + position : sum,
        0n,
      );
      assert.equal(held, state.account.positions[i]);
    });
  },
);

runs.holds("of entries of which one cancels the other one trades at most, and the others end at once", (run) => {
  const { approved, happened } = run, groups = new Map<string, string>(), over = new Set<string>();
  const groupOf = (id: string) => approved.get(id as Fill["clientOrderId"])?.[0]?.oco;
  for (const { event } of happened) {
    if (event.kind !== "fill") continue;
    const id = event.fill.clientOrderId, group = groupOf(id);
    if (group === undefined) continue;
    assert.equal(groups.get(group) ?? id, id);
    groups.set(group, id);
  }
  for (const { intent } of run.trader.state.orders) if (groups.has(intent.oco!)) over.add(intent.clientOrderId);
  for (const id of over) assert.equal(groups.get(groupOf(id)!), id);
  seen["groups that traded"] = (seen["groups that traded"] ?? 0) + groups.size;
});

runs.holds("equity is cash and all positions at their marks, at every close, for trader and venue", (run) => {
  const { happened, closes, equity, simulator, trader, account } = run, fold = new Fold(run);
  const marks = account.spec.markets.map(() => NaN);
  const columns = trader.config.instruments.map(({ id }) => account.candles.find((own) => own.instrument.id === id)!);
  const isNear = (a: number, b: number) => Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a));
  const near = (a: number, b: number) => assert.ok(isNear(a, b), `${a} is not ${b}`);
  let next = 0;
  closes.forEach((closeMs, k) => {
    const isLast = k === closes.length - 1;
    for (; next < happened.length; next++) {
      const { afterClose, event } = happened[next]!;
      const atThisClose = event.kind === "fill"
        ? event.basis!.rule === "this-close"
        : event.kind !== "charge" && event.kind !== "liquidation";
      if (!isLast && afterClose >= k && !(afterClose === k && atThisClose)) break;
      fold.add(event);
    }
    columns.forEach((own, i) => {
      for (let row = 0; row < own.length && own.openTimeMs[row]! < closeMs; row++) marks[i] = own.close[row]!;
    });
    // What was due in a gap of finer candles is charged when orders trade at the close, else at the next open.
    const isDue = ({ event }: Happened) => event.kind === "charge" && event.timeMs < closeMs;
    while (!isNear(equity.equity[k]!, fold.equity(marks)) && next < happened.length && isDue(happened[next]!)) {
      fold.add(happened[next++]!.event);
    }
    near(equity.equity[k]!, fold.equity(marks));
  });
  near(simulator.account.equity(marks) + Number(simulator.account.fees.balance) / 1e24 * 300, fold.equity(marks));
});

runs.holds("no order fills outside [low, high] of its candle before slippage", (run) => {
  for (const event of fillsOf(run)) {
    const { unslipped, rule } = event.basis!;
    const { slot, reason } = run.approved.get(event.fill.clientOrderId)![0]!;
    // What rules close at the end is closed in a candle of the run.
    const met = reason === "end" ? baseColumns(run, event) : metColumns(run.account, event.fill.instrument);
    const row = metRow(met, event);
    let low = met.low[row]!, high = met.high[row]!;
    if (run.account.spec.fillRules.stopEntryGap === "previous-close" && slot === "entry") {
      // By this rule, the one exception, a stop that the market jumped over fills where the jump began.
      const base = baseColumns(run, event);
      const before = base.close[Math.max(0, metRow(base, event) - 1)]!;
      [low, high] = [Math.min(low, before), Math.max(high, before)];
    }
    assert.ok(
      unslipped >= low && unslipped <= high,
      `${rule} at ${unslipped} is not in ${met.low[row]} … ${met.high[row]} (${event.fill.clientOrderId})`,
    );
  }
});

runs.holds(
  "no order reaches the venue or fills that the risk rules have not approved in that size, and what they refuse never does",
  (run) => {
    const { commands, approved, happened } = run;
    const sent = new Set<string>();
    for (const command of commands) {
      if (command.kind === "submit") {
        const passed = approved.get(command.order.clientOrderId)?.at(-1);
        assert.ok(passed, `${command.order.clientOrderId} was sent unchecked`);
        assert.deepEqual(command.order, passed);
        sent.add(command.order.clientOrderId);
      } else if (command.kind === "refused") sent.delete(command.order.clientOrderId);
    }
    for (const { event } of happened) {
      if (event.kind === "charge" || event.kind === "liquidation") continue;
      const id = event.kind === "fill" ? event.fill.clientOrderId : event.clientOrderId;
      assert.ok(sent.has(id), `${id}: ${event.kind} of an order that was not sent`);
    }
  },
);

/** All states that come after one, by that one. */
const after = new Map<OrderState, ReadonlySet<OrderState>>();
for (const { from } of allSteps()) {
  const reached = new Set([from]);
  for (const state of reached) for (const step of allSteps()) if (step.from === state) reached.add(step.to);
  after.set(from, reached);
}

runs.holds(
  "orders only go forward, fill at most what they ask for, and nothing happens to them after their end",
  (run) => {
    for (const [id, states] of run.states) {
      for (let i = 1; i < states.length; i++) {
        assert.ok(after.get(states[i - 1]!)?.has(states[i]!), `${id}: ${states.join(" → ")}`);
      }
      assert.equal(new Set(states).size, states.length, `${id}: ${states.join(" → ")}`);
    }
    const asked = new Map<string, bigint>(), filled = new Map<string, bigint>(), ended = new Set<string>();
    for (const { event } of run.happened) {
      if (event.kind === "charge" || event.kind === "liquidation") continue;
      const id = event.kind === "fill" ? event.fill.clientOrderId : event.clientOrderId;
      if (event.kind === "found" || event.kind === "missing") continue;
      assert.ok(!ended.has(id), `${id} has ended, and then ${event.kind}`);
      if (event.kind === "accepted") asked.set(id, event.quantity);
      else if (event.kind === "fill") {
        const sum = (filled.get(id) ?? 0n) + event.fill.quantity;
        assert.ok(event.fill.quantity > 0n);
        assert.ok(sum <= asked.get(id)!, `${id}: ${sum} of ${asked.get(id)}`);
        filled.set(id, sum);
        if (sum === asked.get(id)) ended.add(id);
      } else if (event.kind === "ended") {
        assert.equal(event.filled, filled.get(id) ?? 0n);
        ended.add(id);
      } else if (event.kind === "refused") ended.add(id);
    }
  },
);

runs.holds("own orders never trade more of a candle than their share of its volume together", (run) => {
  const { spec: { fillRules: { volumeShare } } } = run.account;
  if (volumeShare === undefined) return;
  const traded = new Map<string, number>();
  for (const { event, afterClose } of run.happened) {
    if (event.kind !== "fill" || event.basis!.rule === "delisted") continue;
    const { rule } = event.basis!, met = metColumns(run.account, event.fill.instrument);
    const base = baseColumns(run, event);
    for (const own of [base, met]) {
      const { reason } = run.approved.get(event.fill.clientOrderId)![0]!;
      const isEnd = afterClose === run.closes.length - 1 || rule === "this-close" || rule === "previous-close" ||
        reason === "end";
      if (own !== base && isEnd) continue; // at a close of the run's candles, the volume is theirs
      let row = metRow(own, event);
      // What is booked at the close before takes its volume from the candle that opens.
      if (rule === "previous-close") { while (row < own.length - 1 && own.openTimeMs[row]! < event.timeMs) row++; }
      const key = `${event.fill.instrument} ${own.timeframe} ${own.openTimeMs[row]}`;
      const sum = (traded.get(key) ?? 0) + unitsOf(event);
      traded.set(key, sum);
      assert.ok(
        sum <= volumeShare * own.volume[row]! + 1e-9,
        `${sum} of ${own.volume[row]} in row ${row} of ${instrumentTold(event)}`,
      );
      if (base === met) break;
    }
  }
});

const instrumentTold = ({ fill, basis }: FillEvent) => `${fill.instrument}, the last one ${basis!.rule}`;

/** Counts what the properties are about. */
function note(run: WatchedRun): void {
  const count = (what: string) => seen[what] = (seen[what] ?? 0) + 1;
  for (const { event } of run.happened) {
    if (event.kind === "fill") {
      count(event.basis!.rule);
      count(event.fill.liquidity);
      count(`fee from ${event.fill.feeFrom}`);
      if (event.fill.fee < 0n) count("rebate");
      if (event.fill.quantity < run.approved.get(event.fill.clientOrderId)![0]!.quantity) count("part");
    } else if (event.kind === "charge") count(event.charge.what);
    else if (event.kind === "ended") count(event.state);
    else if (event.kind === "refused") count("refused by the venue");
    else count(event.kind);
  }
  for (const command of run.commands) if (command.kind === "refused") count(`refused:${command.refusal.code}`);
  for (const order of run.approved.values()) count(order[0]!.kind);
}

runs.holds(
  "what files keep of the fills is exact, and lots made of it by every method add up to the account's profit",
  (run) => {
    const { account: { spec }, trader: { state } } = run;
    const liquidations = run.simulator.desk?.liquidated ?? [];
    const { fills, markets } = exactFills(
      spec,
      run.fills.map(({ fill, basis }) => runFill(fill, basis)),
      liquidations.map(liquidationFacts),
    );
    const byId = new Map(fills.map((fill) => [fill.tradeId, fill]));
    let beside = 0n;
    for (const { fill } of run.fills) {
      const { feeWorthQuote, ...own } = byId.get(fill.tradeId)!, { feeWorthQuote: exact, ...expected } = fill;
      assert.deepEqual(own, expected);
      assert.equal(notionalToNumber(feeWorthQuote ?? 0n as Notional), notionalToNumber(exact ?? 0n as Notional));
      beside += feeWorthQuote ?? 0n;
    }
    for (const { event } of run.happened) if (event.kind === "charge") beside -= event.charge.amount;
    const won = state.account.cash - notionalFromNumber(spec.account.cashQuote) - beside;
    for (const method of LOT_METHODS) {
      const lots = taxLots(fills, markets, { method, longAfterDays: 0 });
      assert.deepEqual(lots.unmatched, []);
      const gained = lots.disposals.reduce((sum, { gain }) => sum + gain, 0n);
      const invested = lots.open.reduce((sum, { cost, fees }) => sum + cost + fees, 0n);
      if (liquidations.length === 0) assert.equal(gained - invested, won);
      // The price at which a liquidation is settled has more digits than a file keeps.
      else assertClose(Number(gained - invested), Number(won), method, 1e-9);
    }
  },
);

Deno.test("the random accounts hold what these properties are about", () => {
  runs.makeAll();
  const kinds = ["market", "limit", "stop", "stop-limit", "take-profit", "trailing-stop"];
  const rules: PriceRule[] = [
    ...["next-open", "this-close", "previous-close", "limit", "limit-gap", "limit-moved", "stop", "stop-gap"] as const,
    ...["take-profit", "take-profit-gap", "on-path", "stop-after-entry", "target-after-entry", "delisted"] as const,
  ];
  const events = [
    "part",
    "maker",
    "taker",
    "cancelled",
    "expired",
    "refused by the venue",
    "liquidation",
    "funding",
    "interest",
    "groups that traded",
  ];
  const fees = ["fee from cash", "fee from position", "fee from third", "rebate"];
  const refused = [
    "insufficient-funds",
    "max-exposure",
    "over-budget",
    "size-below-lot",
    "not-listed",
    "delisted",
    "correlation",
  ];
  for (const what of [...kinds, ...rules, ...events, ...fees, ...refused.map((code) => `refused:${code}`)]) {
    assert.ok((seen[what] ?? 0) > RANDOM_ACCOUNTS / 1_000, `${what}: only ${seen[what] ?? 0}`);
  }
});
