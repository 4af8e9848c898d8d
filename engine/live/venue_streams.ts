// What a venue sends by itself, handed on to the session's link and feed for as long as it lives.
import type { Exchange, VenueCandle } from "../exchanges/mod.ts";
import type { Instrument } from "../market/mod.ts";
import { pause, type Scheduler, type Timeframe } from "../time/mod.ts";
import { type ArrivedCandle, arrivedCandle } from "./candle_feed.ts";
import type { ExchangeLink } from "./exchange_link.ts";
import type { Alarm } from "./trading_session.ts";

export interface VenueStreamsParts {
  readonly exchange: Pick<
    Exchange,
    "id" | "capabilities" | "watchCandles" | "watchOrders" | "watchFills" | "frames" | "badFrames"
  >;
  readonly instruments: readonly Instrument[];
  readonly timeframe: Timeframe;
  readonly link: ExchangeLink;
  readonly take: (candle: ArrivedCandle) => void;
  /** Of the machine: connections are made anew by its time. */
  readonly scheduler: Scheduler;
  readonly alarm: (alarm: Alarm) => void;
  readonly signal: AbortSignal;
}

const FIRST_PAUSE_MS = 500, LONGEST_PAUSE_MS = 30_000;
/** Frames that could not be read are told of so often. */
const BAD_FRAMES_MS = 60_000;

/** Listens to candles, orders and executions of all markets until the signal; a stream that breaks is made anew. */
export function listenToVenue(parts: VenueStreamsParts): void {
  const { exchange, instruments, timeframe, link, signal } = parts, { capabilities: can } = exchange;
  void tellBadFrames(parts);
  instruments.forEach((market, number) => {
    const { symbol } = market;
    // What a venue does not send is asked for: candles at their close, the rest by the account's watch.
    if (can.watchCandles) {
      void keep(parts, `candles of ${symbol}`, async () => {
        const formed = wholeCandles(exchange.watchCandles(symbol, timeframe, signal));
        for await (const candle of formed) parts.take(arrivedCandle(number, candle));
      });
    }
    if (can.watchOrders) {
      void keep(parts, `orders of ${symbol}`, async () => {
        for await (const order of exchange.watchOrders(symbol, signal)) link.hearOrder(market, order);
      });
    }
    if (can.watchFills) {
      void keep(parts, `executions of ${symbol}`, async () => {
        for await (const fill of exchange.watchFills(symbol, signal)) link.hearFill(market, fill);
      });
    }
  });
}

/**
 * Candles that will not change any more: the last state of one stands once its stream tells of the next. A state that was
 * on its way while the candle closed looks closed and is not.
 */
export async function* wholeCandles(states: AsyncIterable<VenueCandle>): AsyncGenerator<VenueCandle> {
  let last: VenueCandle | null = null;
  for await (const state of states) {
    if (last !== null && state.openTimeMs < last.openTimeMs) yield state; // changed after its close
    else {
      if (last !== null && state.openTimeMs > last.openTimeMs) yield last;
      last = state;
    }
  }
}

/** A stream whose frames cannot be read is silent in a way that nobody sees (fault 42). */
async function tellBadFrames({ exchange, scheduler, alarm, signal }: VenueStreamsParts): Promise<void> {
  while (!signal.aborted) {
    const { frames, badFrames } = exchange;
    await pause(scheduler, BAD_FRAMES_MS);
    const bad = exchange.badFrames - badFrames;
    if (bad === 0 || signal.aborted) continue;
    const message = `${bad} of ${exchange.frames - frames} frames of ${exchange.id} could not be read in a minute`;
    alarm({ code: "bad-frames", message });
  }
}

/** Begins again after each end, later each time while nothing comes (fault 32). */
async function keep({ scheduler, alarm, signal }: VenueStreamsParts, what: string, listen: () => Promise<void>) {
  for (let attempt = 0; !signal.aborted; attempt++) {
    const startedMs = performance.now();
    let reason = "it ended";
    try {
      await listen();
    } catch (error) {
      reason = (error as Error).message;
    }
    if (signal.aborted) return;
    if (performance.now() - startedMs > LONGEST_PAUSE_MS) attempt = 0;
    if (attempt > 0) alarm({ code: "stream", message: `the stream of ${what} is made anew: ${reason}` });
    const longest = Math.min(FIRST_PAUSE_MS * 2 ** attempt, LONGEST_PAUSE_MS);
    await pause(scheduler, longest * (0.5 + Math.random() / 2));
  }
}
