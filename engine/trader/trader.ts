import { assert, InputError } from "../errors/mod.ts";
import { decodePlain, encodePlain } from "../identity/mod.ts";
import { priceAt } from "../market/mod.ts";
import { type Account, equityOf, feeBalance, openAccount } from "../portfolio/mod.ts";
import { compileStream, type StreamProgram } from "../series/mod.ts";
import { type BaseStrategy, DecisionContext, scheduleSeries } from "../strategies/mod.ts";
import { ZERO_QUANTITY } from "../money/mod.ts";
import { newHistory, newReturnWindow, sizingSeries } from "../risk/mod.ts";
import type { TimestampMs } from "../time/mod.ts";
import type { BookConfig, TraderConfig } from "./config.ts";
import type { BookState, TraderState } from "./state.ts";

/** A book's moving parts: all of it follows from the config, save what {@linkcode saveTrader} keeps of the program. */
export interface BookRuntime {
  readonly strategy: BaseStrategy;
  readonly program: StreamProgram;
  /** Instrument number of each symbol that the program reads; the book's own is first. */
  readonly symbolInstruments: readonly number[];
  readonly context: DecisionContext;
  /** Values of what the run's sizing reads at the last candle: one or none. */
  readonly sizingValues: Float64Array;
  /** Values of the series of the strategy's schedule; empty without one. */
  readonly scheduleValues: Float64Array;
}

/** A trader: what it was told, what it knows, and its running series. Only `step` changes it. */
export interface Trader {
  readonly config: TraderConfig;
  state: TraderState;
  readonly books: readonly BookRuntime[];
}

/**
 * A trader at its start.
 *
 * @throws {InputError} `market` when a strategy reads a symbol that the session has no candles of.
 */
export function createTrader(config: TraderConfig): Trader {
  const books = config.books.map((book) => bookRuntime(config, book));
  const { correlationCandles = 0, instruments } = config;
  const returns = correlationCandles > 0 ? newReturnWindow(instruments.length, correlationCandles) : null;
  const account = accountAtStart(config), equity = equityOf(account, [], []);
  const state: TraderState = {
    nowMs: 0 as TimestampMs,
    version: 0,
    account,
    history: newHistory(equity, returns),
    lastEquity: equity,
    books: config.books.map(emptyBook),
    orders: [],
    recent: [],
    recentCharges: [],
    marks: new Float64Array(config.instruments.length).fill(NaN),
    lastOpenTimeMs: new Float64Array(config.instruments.length).fill(-Infinity),
    funnel: {},
  };
  return { config, state, books };
}

function accountAtStart({ cash, instruments, feeBalance: own, tradeFromMs }: TraderConfig): Account {
  const balance = own === undefined ? null : feeBalance(own.asset, own.amount, priceAt(own.prices, tradeFromMs));
  return openAccount(cash, instruments.length, balance);
}

function emptyBook(): BookState {
  return {
    lots: [],
    position: ZERO_QUANTITY,
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
    revision: 0,
    candles: 0,
    memory: {},
  };
}

function bookRuntime(config: TraderConfig, { strategy, instrument, side = "both" }: BookConfig): BookRuntime {
  const decider = strategy.create();
  const sizing = sizingSeries(config.sizing, config.timeframe), own = decider.series.length;
  const schedule = decider.schedule === undefined ? null : scheduleSeries(decider.schedule);
  const roots = [...decider.series, ...sizing, ...(schedule === null ? [] : [schedule.open, schedule.outside])];
  const program = compileStream(roots, config.timeframe, config.instruments[instrument]!.symbol);
  const symbolInstruments = program.symbols.map((symbol) => {
    const found = config.instruments.findIndex((other) => other.symbol === symbol);
    if (found < 0) {
      throw new InputError(
        "market",
        `${strategy.id} reads ${symbol}, which this session has no candles of: add the market`,
      );
    }
    return found;
  });
  assert(symbolInstruments[0] === instrument, "a program reads its own market first");
  const context = new DecisionContext();
  context.values = program.values.subarray(0, own);
  context.side = side;
  return {
    strategy: decider,
    program,
    symbolInstruments,
    context,
    sizingValues: program.values.subarray(own, own + sizing.length),
    scheduleValues: program.values.subarray(own + sizing.length),
  };
}

/** The whole state as text. It can be taken after any step; the trader goes on unchanged. */
export function saveTrader(trader: Trader): string {
  return encodePlain({ state: trader.state, programs: trader.books.map((book) => book.program.save()) });
}

/** A trader that goes on where {@linkcode saveTrader} was called. The config must be the one it was made with. */
export function restoreTrader(config: TraderConfig, saved: string): Trader {
  const { state, programs } = decodePlain(saved) as {
    state: TraderState;
    programs: ReturnType<StreamProgram["save"]>[];
  };
  const trader = createTrader(config);
  assert(programs.length === trader.books.length, "the saved state belongs to another session");
  trader.state = state;
  trader.books.forEach((book, i) => book.program.restore(programs[i]!));
  return trader;
}
