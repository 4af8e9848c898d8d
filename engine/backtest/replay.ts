import { assert } from "../errors/mod.ts";
import { type CandleColumns, candleColumns } from "../market/mod.ts";
import { type Fill, MemoryJournal, type PriceBasis, type VenueEvent } from "../orders/mod.ts";
import type { ClosedLot, EquityCurve, Holdings } from "../portfolio/mod.ts";
import { Simulator, type SimulatorConfig } from "../simulator/mod.ts";
import type { Request } from "../strategies/mod.ts";
import type { TimestampMs } from "../time/mod.ts";
import { type CandleGroup, type Command, createTrader, step, type Trader, type TraderConfig } from "../trader/mod.ts";
import { CandleGroups } from "./candle_groups.ts";
import { CurveRecorder } from "./curve_recorder.ts";
import { DetailCandles } from "./detail_candles.ts";
import { HoldingsRecorder } from "./holdings_recorder.ts";

/** What a replay leaves. */
export interface Replay {
  readonly trader: Trader;
  readonly simulator: Simulator;
  readonly closed: readonly { readonly book: number; readonly lot: ClosedLot }[];
  /** Every execution, in order. */
  readonly fills: readonly { readonly fill: Fill; readonly basis: PriceBasis }[];
  readonly equity: EquityCurve;
  readonly holdings: Holdings;
}

/** Called now and then with the number of candle groups done; returning false ends the replay early. */
export type ReplayProgress = (done: number, total: number) => boolean;

/** Sees a replay happen, and changes nothing. */
export interface ReplayObserver {
  /** Before the first candle, with the trader that is going to step. */
  begun?(trader: Trader): void;
  /** A candle group has been decided on; its orders have not traded yet. False ends the replay. */
  decided?(trader: Trader, group: CandleGroup): boolean;
  command?(command: Command): void;
  news?(event: VenueEvent): void;
}

const PROGRESS_EVERY = 65_536;

/**
 * Feeds candles to the trader and its orders to the simulator: one `step` for each candle group, and one for each
 * piece of news. Nothing here decides anything.
 *
 * @param given One per instrument number, of the trader's timeframe; and, where orders are to meet finer ones, those of
 * the same instruments in one finer timeframe.
 */
export function replay(
  traderConfig: TraderConfig,
  simulatorConfig: SimulatorConfig,
  given: readonly CandleColumns[],
  progress?: ReplayProgress,
  observer: ReplayObserver = {},
): Replay {
  const columns = given.filter(({ timeframe }) => timeframe === traderConfig.timeframe);
  const detail = detailOf(given, columns);
  const driver = new Driver(createTrader(traderConfig), new Simulator(simulatorConfig), detail, observer);
  const { trader, simulator } = driver;
  observer.begun?.(trader);
  const groups = new CandleGroups(columns);
  const { group } = groups;
  const total = CandleGroups.count(columns);
  const atThisClose = simulatorConfig.rules.marketPrice === "this-close";
  const closesAtOpen = simulatorConfig.rules.atEnd === "close-at-last-open";
  const curve = new CurveRecorder(total), holdings = new HoldingsRecorder(trader, columns);
  for (let done = 0; groups.advance(); done++) {
    if (group.closeTimeMs > holdings.dueMs) {
      holdings.add(trader, curve.lastCloseMs, group.closeTimeMs, driver.closed);
    }
    driver.trade(group);
    if (closesAtOpen && groups.isLast()) driver.closeAtOpen(group);
    simulator.close(group);
    if (simulator.events.length > 0) driver.settle();
    const { version } = trader.state;
    step(trader, group, driver.commands);
    if (driver.commands.length > 0) driver.settle();
    if (observer.decided?.(trader, group) === false) break;
    if (atThisClose && !simulator.idle) driver.tradeAtClose(group);
    if (group.openTimeMs[0]! >= traderConfig.tradeFromMs) {
      curve.add(trader, group, !atThisClose && trader.state.version === version);
    }
    if (progress && done % PROGRESS_EVERY === PROGRESS_EVERY - 1 && !progress(done + 1, total)) break;
  }
  for (const timeMs of endsAfter(simulatorConfig, group.closeTimeMs)) {
    simulator.advance(timeMs);
    driver.settle();
    step(trader, { kind: "timer", timeMs }, driver.commands);
    driver.settle();
    curve.correct(trader);
  }
  if (simulatorConfig.rules.atEnd === "close-on-last-candle" && total > 0) {
    driver.closeAllBesideEntries(group.closeTimeMs);
    driver.trade(group);
    curve.correct(trader);
  }
  holdings.add(trader, curve.lastCloseMs, Infinity, driver.closed);
  const { closed, fills } = driver;
  return { trader, simulator, closed, fills, equity: curve.curve(), holdings: holdings.holdings(trader) };
}

/** The finer candles of a run, one per instrument number; null without any. */
function detailOf(given: readonly CandleColumns[], base: readonly CandleColumns[]): DetailCandles | null {
  const finer = given.filter((own) => !base.includes(own));
  if (finer.length === 0) return null;
  return new DetailCandles(base.map(({ instrument, timeframe }) => {
    const own = finer.find((other) => other.instrument.id === instrument.id);
    return own ?? candleColumns(instrument, finer[0]!.timeframe ?? timeframe, []);
  }));
}

/** When markets end that have no candle any more. */
function endsAfter({ listings = [] }: SimulatorConfig, timeMs: TimestampMs): TimestampMs[] {
  const ends = new Set(listings.map((listing) => listing?.delistedAtMs ?? Infinity));
  return [...ends].filter((endMs) => endMs > timeMs && endMs < Infinity).sort((a, b) => a - b) as TimestampMs[];
}

/** Carries out the trader's commands and brings it the venue's news until both are silent. */
class Driver {
  readonly commands: Command[] = [];
  readonly closed: { book: number; lot: ClosedLot }[] = [];
  readonly fills: { fill: Fill; basis: PriceBasis }[] = [];
  readonly #journal = new MemoryJournal();

  constructor(
    readonly trader: Trader,
    readonly simulator: Simulator,
    readonly detail: DetailCandles | null,
    readonly observer: ReplayObserver,
  ) {}

  /** A candle group at the exchange, or the finer candles within it, one after the other while orders are there. */
  trade(group: CandleGroup): void {
    const { detail, simulator } = this;
    if (detail === null) return this.#tradeThrough(group);
    if (simulator.idle) return;
    detail.begin(group);
    while (!simulator.idle && detail.advance()) this.#tradeThrough(detail.group);
  }

  #tradeThrough(group: CandleGroup): void {
    if (this.simulator.isStill(group)) return;
    this.simulator.open(group);
    do this.settle(); while (this.simulator.next());
  }

  tradeAtClose(group: CandleGroup): void {
    this.simulator.atClose(group);
    this.settle();
  }

  /** Asks to close what is open, for the data end; entries that wait are taken back. */
  closeAll(timeMs: TimestampMs): void {
    this.#decideForAll({ kind: "close", reason: "end" }, timeMs);
  }

  /** The same before entries that wait: these stay. */
  closeAllBesideEntries(timeMs: TimestampMs): void {
    const size = { kind: "fraction", fraction: 1 } as const;
    this.#decideForAll({ kind: "reduce", size, at: null, reason: "end" }, timeMs);
    this.simulator.closesGoFirst();
  }

  #decideForAll(request: Request, timeMs: TimestampMs): void {
    this.trader.state.books.forEach((own, book) => {
      if (own.position === 0n) return;
      step(this.trader, { kind: "decision", book, requests: [request], timeMs }, this.commands);
    });
    this.settle();
  }

  /** Closes what is open at the open of a group that has traded already. */
  closeAtOpen(group: CandleGroups["group"]): void {
    this.closeAll(group.openTimeMs[0] as TimestampMs);
    this.simulator.open(group);
    this.settle();
  }

  settle(): void {
    const { commands, simulator } = this;
    for (let news = 0, order = 0; news < simulator.events.length || order < commands.length;) {
      if (order < commands.length) this.#carryOut(commands[order++]!);
      else this.#tell(simulator.events[news++]!);
    }
    empty(commands);
    empty(simulator.events);
  }

  #tell(event: VenueEvent): void {
    this.observer.news?.(event);
    if (event.kind === "fill") this.fills.push({ fill: event.fill, basis: event.basis! });
    step(this.trader, event, this.commands);
  }

  #carryOut(command: Command): void {
    this.observer.command?.(command);
    switch (command.kind) {
      case "record": {
        const order = this.#journal.record(command.order);
        return step(this.trader, { kind: "recorded", order, timeMs: this.trader.state.nowMs }, this.commands);
      }
      case "submit":
        return this.simulator.submit(command.order);
      case "cancel":
        return this.simulator.cancel(command.clientOrderId);
      case "move":
        return this.simulator.move(command.order);
      case "query":
        return this.simulator.query(command.clientOrderId);
      case "closed":
        this.closed.push({ book: command.book, lot: command.lot });
        return;
      case "refused":
        return;
      case "alarm":
        // The simulator never forgets, doubles or invents an order: an alarm here is a bug of ours.
        assert(command.code === "unprotected", `${command.code}: ${command.message}`);
    }
  }
}

/** Empties a list that is used again: to set its length to 0 would give its memory back each time. */
function empty(list: unknown[]): void {
  while (list.length > 0) list.pop();
}
