import { assert, InputError } from "../errors/mod.ts";
import { CoarseCandle } from "../market/mod.ts";
import { decodePlain, encodePlain } from "../identity/mod.ts";
import { priceAt } from "../market/mod.ts";
import { type Account, equityOf, feeBalance, openAccount } from "../portfolio/mod.ts";
import { compileStream, type StreamProgram } from "../series/mod.ts";
import { type BaseStrategy, DecisionContext, scheduleSeries } from "../strategies/mod.ts";
import { ZERO_QUANTITY } from "../money/mod.ts";
import type { OrderStep } from "../orders/mod.ts";
import { newHistory, newReturnWindow, sizingSeries } from "../risk/mod.ts";
import type { TimestampMs } from "../time/mod.ts";
import { type Allocation, allocationsOf, openAllocation } from "./allocation_state.ts";
import { type BookConfig, strategyIdOf, type TraderConfig } from "./config.ts";
import { configOnGrids } from "./grid.ts";
import type { BookState, TraderState } from "./state.ts";
import { openUniverse } from "./universe_state.ts";

/** A book's moving parts: all of it follows from the config, save what {@linkcode saveTrader} keeps of the program. */
export interface BookRuntime {
  readonly strategy: BaseStrategy;
  readonly program: StreamProgram;
  /** Instrument number of each symbol that the program reads; the book's own is first. */
  readonly symbolInstruments: readonly number[];
  /** Coarse candles in the making, one a symbol, where the book's timeframe is not the session's; else none. */
  readonly coarse: readonly CoarseCandle[];
  readonly context: DecisionContext;
  /** Place of each average true range among the strategy's values, by its length, once it was looked for. */
  readonly averageRanges: Map<number, number>;
  /** Values of what the book's sizing reads at the last candle: one or none. */
  readonly sizingValues: Float64Array;
  /** Values of the series of the strategy's schedule; empty without one. */
  readonly scheduleValues: Float64Array;
}

/** A trader: what it was told, what it knows, and its running series. Only `step` changes it. */
export interface Trader {
  /** As it was told, save for grids of markets that have changed since. */
  config: TraderConfig;
  state: TraderState;
  readonly books: readonly BookRuntime[];
  /** Strategies that decide on all their books together. */
  readonly allocations: readonly Allocation[];
  /** The order in which books carry out what was asked for: that of their numbers, save where sales must come first. */
  readonly turns: Int32Array;
  /** Steps of orders since somebody last took them, for a journal; null where nobody keeps one. */
  readonly steps: OrderStep[] | null;
}

/**
 * A trader at its start.
 *
 * @throws {InputError} `market` when a strategy reads a symbol that the session has no candles of.
 */
export function createTrader(config: TraderConfig, steps: OrderStep[] | null = null): Trader {
  const books = config.books.map((book) => bookRuntime(config, book));
  const { correlationCandles = 0, instruments } = config;
  const returns = correlationCandles > 0 ? newReturnWindow(instruments.length, correlationCandles) : null;
  const allocations = allocationsOf(config);
  const account = accountAtStart(config), equity = equityOf(account, [], []);
  const state: TraderState = {
    nowMs: 0 as TimestampMs,
    epoch: 0,
    halted: null,
    version: 0,
    account,
    external: {},
    history: newHistory(equity, returns),
    lastEquity: equity,
    books: config.books.map(emptyBook),
    ...(config.universe === undefined ? {} : { universe: openUniverse(config.instruments.length, config.universe) }),
    ...(allocations.length === 0 ? {} : { allocations: allocations.map(openAllocation) }),
    orders: [],
    recent: [],
    recentCharges: [],
    closedOco: [],
    marks: new Float64Array(config.instruments.length).fill(NaN),
    lastOpenTimeMs: new Float64Array(config.instruments.length).fill(-Infinity),
    funnel: {},
  };
  return { config, state, books, allocations, turns: Int32Array.from(books.keys()), steps };
}

function accountAtStart({ cash, instruments, feeBalance: own, tradeFromMs }: TraderConfig): Account {
  const balance = own === undefined ? null : feeBalance(own.asset, own.amount, priceAt(own.prices, tradeFromMs));
  return openAccount(cash, instruments.length, balance);
}

function emptyBook(): BookState {
  return {
    lots: [],
    dust: null,
    position: ZERO_QUANTITY,
    positionsClosed: 0,
    positionNumber: 0,
    entryPriceNumber: NaN,
    averageEntry: null,
    bestPrice: NaN,
    following: null,
    protectedAtMs: 0 as TimestampMs,
    enteredInside: false,
    openedAtCandle: 0,
    plan: { stop: null, target: null },
    entered: ZERO_QUANTITY,
    legs: [],
    closing: null,
    protectAgain: false,
    halted: null,
    withoutFunds: { times: 0, version: 0 },
    revision: 0,
    candles: 0,
    memory: {},
  };
}

function bookRuntime(config: TraderConfig, book: BookConfig): BookRuntime {
  const { strategy, instrument, timeframe = config.timeframe, side = "both" } = book;
  const own = config.instruments[instrument]!;
  const decider = strategy.create();
  const sizing = sizingSeries(book.sizing ?? config.sizing, timeframe), count = decider.series.length;
  const schedule = decider.schedule === undefined ? null : scheduleSeries(decider.schedule);
  const roots = [...decider.series, ...sizing, ...(schedule === null ? [] : [schedule.open, schedule.outside])];
  const program = compileStream(roots, timeframe, own.symbol);
  const symbolInstruments = program.symbols.map((symbol) => {
    // A symbol means the market of the book's own exchange, and that of another one where its own has none.
    const at = (exchange: string) => `${exchange}:${symbol}`;
    const here = config.instruments.findIndex(({ id }) => id === at(own.exchange));
    const found = here >= 0 ? here : config.instruments.findIndex((other) => other.symbol === symbol);
    if (found < 0) {
      throw new InputError(
        "market",
        `${strategyIdOf(book)} reads ${symbol}, which this session has no candles of: add the market`,
      );
    }
    return found;
  });
  assert(symbolInstruments[0] === instrument, "a program reads its own market first");
  const context = new DecisionContext();
  context.values = program.values.subarray(0, count);
  context.side = side;
  context.series = decider.series;
  return {
    strategy: decider,
    program,
    symbolInstruments,
    coarse: timeframe === config.timeframe ? [] : program.symbols.map(() => new CoarseCandle(timeframe)),
    context,
    averageRanges: new Map(),
    sizingValues: program.values.subarray(count, count + sizing.length),
    scheduleValues: program.values.subarray(count + sizing.length),
  };
}

/** The whole state as text. It can be taken after any step; the trader goes on unchanged. */
export function saveTrader(trader: Trader): string {
  return encodePlain({
    state: trader.state,
    programs: trader.books.map(({ program }) => program.save()),
    coarse: trader.books.map(({ coarse }) => coarse.map(({ memory }) => memory.slice())),
  });
}

/** A trader that goes on where {@linkcode saveTrader} was called. The config must be the one it was made with. */
export function restoreTrader(config: TraderConfig, saved: string, steps: OrderStep[] | null = null): Trader {
  const { state, programs, coarse } = decodePlain(saved) as {
    state: TraderState;
    programs: ReturnType<StreamProgram["save"]>[];
    coarse: Float64Array[][];
  };
  const trader = createTrader(config, steps);
  assert(programs.length === trader.books.length, "the saved state belongs to another session");
  trader.state = state;
  if (state.grids !== undefined) trader.config = configOnGrids(config, state.grids);
  trader.books.forEach((book, i) => {
    book.program.restore(programs[i]!);
    book.coarse.forEach(({ memory }, symbol) => memory.set(coarse[i]![symbol]!));
  });
  return trader;
}
