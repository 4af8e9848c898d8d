// The rules that a venue has for orders of a market, against those that the session trades by (faults 7 and 8).
import type { Exchange, Market } from "../exchanges/mod.ts";
import { type Notional, notional, type Price, price, type Quantity, quantity } from "../money/mod.ts";
import { MINUTE_MS, type Scheduler } from "../time/mod.ts";
import type { Trader, TraderEvent } from "../trader/mod.ts";

export interface GridWatchParts {
  readonly exchange: Pick<Exchange, "markets">;
  readonly trader: Trader;
  readonly scheduler: Scheduler;
  readonly offer: (event: Extract<TraderEvent, { kind: "regridded" }>) => void;
  readonly failed: (error: unknown) => void;
}

/** Venues tell a change days before it: so often is enough, and at once where an order was refused by a rule. */
const LOOK_MS = 60 * MINUTE_MS, SUSPECT_MS = 10_000;

/** Reads the markets' steps and least sizes from time to time, and tells the trader of those that have changed. */
export class GridWatch {
  readonly #parts: GridWatchParts;
  #lookedMs: number;
  #isLooking = false;

  constructor(parts: GridWatchParts) {
    this.#parts = parts;
    this.#lookedMs = parts.scheduler.now();
  }

  /** Looks where it is time to. */
  look(): void {
    this.#lookAfter(LOOK_MS);
  }

  /** An order was refused for not keeping to the rules. */
  suspect(): void {
    this.#lookAfter(SUSPECT_MS);
  }

  #lookAfter(waitMs: number): void {
    const nowMs = this.#parts.scheduler.now();
    if (this.#isLooking || nowMs - this.#lookedMs < waitMs) return;
    this.#isLooking = true;
    this.#read().catch(this.#parts.failed).finally(() => this.#isLooking = false);
  }

  async #read(): Promise<void> {
    const { exchange, trader, scheduler, offer } = this.#parts;
    const answer = await exchange.markets();
    if (answer.kind !== "done") return;
    this.#lookedMs = scheduler.now();
    trader.config.instruments.forEach((own, instrument) => {
      const market = answer.value.find(({ symbol, kind }) => symbol === own.symbol && kind === own.kind);
      const grid = market === undefined ? own : gridOf(market, own);
      if (grid.tick === own.tick && grid.lot === own.lot && grid.minNotional === own.minNotional) return;
      offer({ kind: "regridded", instrument, grid, timeMs: scheduler.now() });
    });
  }
}

/** What a venue says of its market; what it does not say is as it was. */
function gridOf(market: Market, { tick, lot, minNotional }: { tick: Price; lot: Quantity; minNotional: Notional }) {
  return {
    tick: market.tick === null ? tick : price(market.tick),
    lot: market.lot === null ? lot : quantity(market.lot),
    minNotional: market.minNotional === null ? minNotional : notional(market.minNotional),
  };
}
