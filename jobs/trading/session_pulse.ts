// What a session says of itself each two seconds, for whoever looks: in the cache, which may be lost (fault 56).
import { z } from "zod";
import type { Cache } from "../../engine/cache/mod.ts";
import type { Instrument } from "../../engine/market/mod.ts";
import { equityOf } from "../../engine/portfolio/mod.ts";
import { DAY_MS, type Scheduler, type TimestampMs } from "../../engine/time/mod.ts";
import type { Command, TraderState } from "../../engine/trader/mod.ts";

const schema = z.object({
  atMs: z.number(),
  /** Of the process that says it: an earlier one's never takes the place of a later one's. */
  epoch: z.number(),
  equityQuote: z.number(),
  cashQuote: z.number(),
  /** Why the account opens nothing; null where it may. */
  halted: z.string().nullable(),
  /** Strategies in markets that open nothing, each with the reason. */
  haltedBooks: z.array(z.object({ symbol: z.string(), reason: z.string() })),
  /** Base units, below zero for a short one; without a mark where there was no price yet. */
  positions: z.array(z.object({ symbol: z.string(), quantity: z.number(), markQuote: z.number().nullable() })),
  /** That may still do something at the venue. */
  openOrders: z.number(),
  /** Of the account on the day of `atMs`, UTC; null where the cache did not say. */
  entriesToday: z.number().nullable(),
});

/** What a session has said of itself last. */
export type SessionPulse = z.infer<typeof schema>;

/** Said so often; forgotten when it has not been said for so long. */
const BEAT_MS = 2_000, PULSE_TTL_MS = 10_000;
/** Entries that were not counted yet; beyond it the journal is asked for all of them (I12). */
const MOST_UNCOUNTED = 1_000;

/** What a session said, of an answer of the cache; null where that is none. */
export function pulseOf(value: unknown): SessionPulse | null {
  return schema.safeParse(value).data ?? null;
}

/** What is needed to tell. */
export interface PulseParts {
  readonly cache: Pick<Cache, "sessions" | "trades">;
  readonly account: string;
  readonly sessionId: string;
  readonly instruments: readonly Instrument[];
  /** Of each strategy in a market: the number of the market. */
  readonly books: readonly { readonly instrument: number }[];
  /** Of the venue's time, in which its days begin. */
  readonly now: () => TimestampMs;
  /** Names of the account's entries in the journal since a moment. */
  readonly entriesSince: (sinceMs: TimestampMs) => Promise<readonly string[]>;
}

/** Tells the cache what a session holds and does, and counts the account's entries of the day there. */
export class PulseTeller {
  readonly #parts: PulseParts;
  #uncounted: string[] = [];

  constructor(parts: PulseParts) {
    this.#parts = parts;
  }

  /** Takes in what a turn has made durable. */
  seen(commands: readonly Command[]): void {
    for (const own of commands) {
      if (own.kind !== "record" || own.order.slot !== "entry") continue;
      if (this.#uncounted.length <= MOST_UNCOUNTED) this.#uncounted.push(own.order.clientOrderId);
    }
  }

  /** Tells it once. Nothing is thrown where cache or journal are away: it is told again soon. */
  async tell(epoch: number, state: TraderState): Promise<void> {
    const { cache, sessionId } = this.#parts, atMs = this.#parts.now();
    const pulse = { ...this.#pulse(state), atMs, epoch, entriesToday: await this.#counted(atMs) };
    await cache.sessions.save(sessionId, pulse satisfies SessionPulse, PULSE_TTL_MS, epoch);
  }

  /** Goes on telling until the signal. */
  follow(
    runner: {
      readonly epoch: number | null;
      readonly session: { readonly trader: { readonly state: TraderState } } | null;
    },
    real: Scheduler,
    signal: AbortSignal,
  ): void {
    const beat = async () => {
      const { epoch, session } = runner;
      if (epoch !== null && session !== null) await this.tell(epoch, session.trader.state);
      if (!signal.aborted) real.after(BEAT_MS, () => void beat());
    };
    void beat();
  }

  #pulse({ account, marks, halted, books, orders }: TraderState) {
    const { instruments } = this.#parts,
      symbolOf = (book: number) => instruments[this.#parts.books[book]!.instrument]!.symbol;
    return {
      equityQuote: equityOf(account, marks, instruments),
      cashQuote: account.cashNumber,
      halted,
      haltedBooks: books.flatMap(({ halted: reason }, i) => reason === null ? [] : [{ symbol: symbolOf(i), reason }]),
      positions: instruments.flatMap(({ symbol }, i) => {
        const quantity = account.positionNumbers[i]!, mark = marks[i]!;
        return quantity === 0 ? [] : [{ symbol, quantity, markQuote: Number.isFinite(mark) ? mark : null }];
      }),
      openOrders: orders.length,
    };
  }

  async #counted(atMs: TimestampMs): Promise<number | null> {
    const { cache: { trades }, account, entriesSince } = this.#parts, uncounted = this.#uncounted;
    try {
      const isTooMany = uncounted.length > MOST_UNCOUNTED;
      if (isTooMany) await trades.restore(account, await entriesSince(atMs - atMs % DAY_MS as TimestampMs), atMs);
      let count = await trades.counted(account, atMs, entriesSince);
      if (count.kind === "known" && !isTooMany && uncounted.length > 0) {
        count = await trades.record(account, uncounted, atMs);
      }
      if (count.kind === "unknown") return null; // counted the next time
      // Others may have come while it was counted.
      this.#uncounted = this.#uncounted.slice(uncounted.length);
      return count.value;
    } catch {
      return null; // the journal is away: nothing is known of the day before it is back
    }
  }
}
