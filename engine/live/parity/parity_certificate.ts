// Level (b): a fresh run from candles alone, and what made the session go otherwise.
import { InputError } from "../../errors/mod.ts";
import type { LoopbackAccountOptions } from "../../exchanges/mod.ts";
import type { CandleColumns } from "../../market/mod.ts";
import { AMOUNT_DECIMALS, formatDecimal, formatPrice, notionalToNumber, UNIT_DECIMALS } from "../../money/mod.ts";
import { equityOf } from "../../portfolio/mod.ts";
import { fixedLengthMs, formatTimestamp, MINUTE_MS, type TimestampMs } from "../../time/mod.ts";
import type { TraderConfig } from "../../trader/mod.ts";
import { averageOf } from "../certificate.ts";
import { unorderedText } from "../journal_differences.ts";
import { type CandleFault, CandleHistory } from "./candle_history.ts";
import type { Cause, NamedCause } from "./cause.ts";
import { type FreshRun, freshRun, type TakenOver } from "./fresh_run.ts";
import { differentOrders, type Divergence, firstDivergence, outcomeCause } from "./order_differences.ts";
import type { LoggedOrder } from "./order_log.ts";
import { RecordedSession, sessionSpan } from "./recorded_session.ts";
import { type SessionEvent, sessionEvents } from "./session_events.ts";

/** What a session is run anew from, beside its own latencies. */
export interface ParityParts {
  readonly config: TraderConfig;
  /** Inputs of the session, from the first one on. */
  readonly inputs: readonly string[];
  /** Candles of the session's timeframe, one per instrument number, and the minutes along which orders are matched. */
  readonly candles: readonly CandleColumns[];
  readonly minutes: readonly CandleColumns[];
  readonly account: LoopbackAccountOptions;
}

/** How an order went in one of the two. */
export interface OrderOutcome {
  readonly decidedAtMs: number;
  /** Base units, decimal text. */
  readonly quantity: string;
  readonly filled: string;
  /** Quote units, and when; null where nothing was executed. */
  readonly averagePrice: number | null;
  readonly filledAtMs: number | null;
  /** As in `0.001 BTC`; empty without one. */
  readonly fees: string;
  readonly state: string;
}

/** An order of either, by what both call it. */
export interface ParityOrder {
  readonly key: string;
  /** As the session calls it, or the fresh run where the session does not have it. */
  readonly clientOrderId: string;
  readonly symbol: string;
  /** Price step of its market, decimal text. */
  readonly tick: string;
  readonly side: string;
  readonly kind: string;
  readonly slot: string;
  readonly session: OrderOutcome | null;
  readonly fresh: OrderOutcome | null;
  /** Why they differ; empty where they do not. */
  readonly causes: readonly Cause[];
}

/** What a fresh run says of a session. */
export interface ParityCertificate {
  readonly orders: readonly ParityOrder[];
  /** Orders that are the same in both. */
  readonly same: number;
  /** Orders that the session has recorded and its replay does not order: no fresh run of it can be held against it. */
  readonly unordered: readonly string[];
  readonly causes: readonly NamedCause[];
  /** What happened and changed nothing, by its cause. */
  readonly withoutEffect: Readonly<Partial<Record<Cause, number>>>;
  /** What no cause explains: a session that is certified has none. */
  readonly unexplained: readonly string[];
  /** Results of both, quote units, and their difference: the sum of what the causes added. */
  readonly sessionPnlQuote: number;
  readonly freshPnlQuote: number;
  readonly differenceQuote: number;
  /** Groups of candles that were decided on, and those that came too late to be. */
  readonly groups: number;
  readonly lateGroups: number;
  /** Inputs that it is about, of so many: those of the last moments wait for the minute to close. */
  readonly inputs: number;
  readonly allInputs: number;
  /** How many runs it took to tell causes apart. */
  readonly runs: number;
}

/** After so many runs causes are not told apart one by one: what is left is taken over at once, kind by kind. */
const MOST_APART = 400;

/**
 * Runs a session anew from candles, settings and measured latencies, and finds what made it go otherwise. Each cause is
 * proven by a run of its own: what happened up to there is taken over from the session, and the orders that change with
 * it are those that it has changed. Taken together they lead to the session itself, or something is not explained.
 *
 * @throws {InputError} `candles` where the minutes of a market end before the session does.
 */
export function certifyParity(parts: ParityParts): ParityCertificate {
  return new Parity(parts).certify();
}

class Parity {
  readonly #session: RecordedSession;
  readonly #history: CandleHistory;
  readonly #events: SessionEvent[];
  readonly #closes = new Map<number, Set<CandleFault>>();
  readonly #inputs = new Set<number>();
  readonly #orders = new Set<string>();
  readonly #causes: NamedCause[] = [];
  readonly #withoutEffect: Partial<Record<Cause, number>> = {};
  readonly #unexplained: string[] = [];
  readonly #sessionEquity: number;
  #runs = 0;
  #last: FreshRun;

  constructor(readonly parts: ParityParts) {
    const { config, inputs, candles } = parts;
    const session = this.#session = new RecordedSession(config, inputs, knownUntil(parts));
    const first = session.candles[0], lengthMs = fixedLengthMs(config.timeframe);
    const originMs = first === undefined ? Infinity : Math.min(...first.rows.map(([, openTimeMs]) => openTimeMs));
    this.#history = new CandleHistory(candles, lengthMs, originMs, session.heardAtMs.at(-1) ?? 0);
    this.#events = sessionEvents(session, this.#history);
    const marks = this.#history.lastCloses(config.instruments.length);
    this.#sessionEquity = equityOf(session.trader.state.account, marks, config.instruments);
    this.#last = this.#run();
  }

  certify(): ParityCertificate {
    const fresh = this.#last, { unordered } = this.#session;
    if (unordered.length === 0) this.#explain();
    else this.#unexplained.push(...unordered.map(unorderedText));
    const orders = this.#compare(fresh), { candles, decidesFromMs } = this.#session;
    const heard = candles.filter(({ closeTimeMs }) => closeTimeMs >= decidesFromMs);
    return {
      orders,
      same: orders.filter(({ key }) => !this.#differs(fresh, key)).length,
      unordered,
      causes: this.#causes,
      withoutEffect: this.#withoutEffect,
      unexplained: this.#unexplained,
      sessionPnlQuote: this.#sessionEquity - this.#startQuote,
      freshPnlQuote: fresh.equityQuote - this.#startQuote,
      differenceQuote: this.#sessionEquity - fresh.equityQuote,
      groups: heard.filter(({ isLate }) => !isLate).length,
      lateGroups: heard.filter(({ isLate }) => isLate).length,
      inputs: this.#session.inputs.length,
      allInputs: this.parts.inputs.length,
      runs: this.#runs,
    };
  }

  /** Takes over from the session what makes it go otherwise, cause after cause. */
  #explain(): void {
    const { log } = this.#session;
    for (;;) {
      const divergence = firstDivergence(log, this.#last.log);
      if (divergence === null && this.#isPaid()) break;
      const isTaken = this.#runs >= MOST_APART
        ? this.#takeRest()
        : divergence?.what === "outcome"
        ? this.#takeDeciding(divergence.at) || this.#takeOrder(divergence)
        : this.#takeEvent(divergence?.at ?? Infinity);
      if (isTaken) continue;
      this.#tellUnexplained(divergence);
      break;
    }
    for (const { cause } of this.#events) this.#count(cause);
  }

  get #startQuote(): number {
    return notionalToNumber(this.parts.config.cash);
  }

  #isPaid(): boolean {
    return this.#last.equityQuote === this.#sessionEquity;
  }

  #run(): FreshRun {
    this.#runs++;
    const { config, minutes, account } = this.parts;
    const taken: TakenOver = { closes: this.#closes, inputs: this.#inputs, orders: this.#orders };
    return freshRun({ config, session: this.#session, history: this.#history, minutes, account }, taken);
  }

  /** The venue did otherwise with an order: it does as it did. */
  #takeOrder({ key, at }: Divergence): boolean {
    if (this.#orders.has(key)) return false;
    const order = this.#session.log.orders.get(key)!, fresh = this.#last.log.orders.get(key)!;
    const refusal = this.#session.inputs.find((input) =>
      input.kind === "refused" && input.clientOrderId === order.intent.clientOrderId
    );
    const wasSent = (this.#session.times.get(key)?.recordedAt ?? -1) >= 0;
    const cause = outcomeCause(order, fresh, refusal?.kind === "refused" ? refusal : null, wasSent);
    this.#orders.add(key);
    const { symbol } = this.#marketOf(order);
    const told = refusal?.kind === "refused" && cause === "reject" ? `: ${refusal.code}` : "";
    const about = `${order.intent.clientOrderId}, ${order.intent.side} ${order.intent.kind} of ${symbol}${told}`;
    this.#name(cause, about, at);
    return true;
  }

  /**
   * What only the session was told by then, as a halt, and candles that only this run heard of: one of the two may have
   * decided on them to take the order back.
   */
  #takeDeciding(at: number): boolean {
    const place = this.#events.findIndex(({ candles, at: own }) =>
      (candles === null || candles.isUnheard) && own <= at
    );
    if (place < 0) return false;
    const [event] = this.#events.splice(place, 1);
    this.#takeIn(event!);
    this.#name(event!.cause, event!.about, event!.at);
    return true;
  }

  /** The next thing that was heard of by then: with it or without it, what changes is its doing. */
  #takeEvent(at: number): boolean {
    const event = this.#events[0];
    if (event === undefined || event.at > at) return false;
    this.#events.shift();
    this.#takeIn(event);
    this.#name(event.cause, event.about, event.at);
    return true;
  }

  #takeIn({ at, candles, order }: SessionEvent): void {
    if (candles === null) this.#inputs.add(at);
    else {
      const { closeTimeMs, fault } = candles, faults = this.#closes.get(closeTimeMs) ?? new Set();
      this.#closes.set(closeTimeMs, faults.add(fault));
    }
    if (order !== null) this.#orders.add(order);
  }

  /** Runs anew with what was just taken over, and says what it has changed. */
  #name(cause: Cause, about: string, at: number): void {
    const before = this.#last, now = this.#last = this.#run();
    const orders = differentOrders(before.log, now.log), pnlQuote = now.equityQuote - before.equityQuote;
    if (orders.length === 0 && pnlQuote === 0) return this.#count(cause);
    this.#causes.push({ cause, about, atMs: this.#session.heardAtMs[at] ?? NaN, orders, pnlQuote });
  }

  #count(cause: Cause): void {
    this.#withoutEffect[cause] = (this.#withoutEffect[cause] ?? 0) + 1;
  }

  /** Too many to be told apart: kind by kind. */
  #takeRest(): boolean {
    const kinds = Map.groupBy(this.#events.splice(0), ({ cause }) => cause);
    for (const [cause, events] of kinds) {
      events.forEach((event) => this.#takeIn(event));
      this.#name(cause, `${events.length} at once`, events[0]!.at);
    }
    const divergence = firstDivergence(this.#session.log, this.#last.log);
    return kinds.size > 0 || (divergence?.what === "outcome" && this.#takeOrder(divergence));
  }

  #tellUnexplained(divergence: Divergence | null): void {
    const left = differentOrders(this.#session.log, this.#last.log);
    const names = left.map((key) => {
      const { intent } = this.#session.log.orders.get(key) ?? this.#last.log.orders.get(key)!;
      return intent.clientOrderId;
    });
    if (divergence !== null) {
      this.#unexplained.push(...names.map((name) => `${name}: no cause explains why it differs`));
    } else {
      const restQuote = this.#sessionEquity - this.#last.equityQuote;
      this.#unexplained.push(`no cause explains ${restQuote} of the result`);
    }
  }

  #differs({ log }: FreshRun, key: string): boolean {
    return this.#differing(log).has(key);
  }

  #differingOf: { readonly log: unknown; readonly keys: ReadonlySet<string> } | null = null;

  #differing(log: FreshRun["log"]): ReadonlySet<string> {
    if (this.#differingOf?.log !== log) {
      this.#differingOf = { log, keys: new Set(differentOrders(this.#session.log, log)) };
    }
    return this.#differingOf.keys;
  }

  #compare(fresh: FreshRun): ParityOrder[] {
    const { log } = this.#session;
    const keys = new Set([...log.orders.keys(), ...fresh.log.orders.keys()]);
    const orders = [...keys].map((key): ParityOrder => {
      const own = log.orders.get(key), other = fresh.log.orders.get(key), { intent } = (own ?? other)!;
      const { symbol, tick } = this.#marketOf((own ?? other)!);
      const causes = this.#differs(fresh, key)
        ? this.#causes.filter((cause) => cause.orders.includes(key)).map(({ cause }) => cause)
        : [];
      return {
        ...{
          key,
          clientOrderId: intent.clientOrderId,
          symbol,
          tick: formatPrice(tick),
          side: intent.side,
          kind: intent.kind,
        },
        slot: intent.slot,
        session: own === undefined ? null : outcomeOf(own),
        fresh: other === undefined ? null : outcomeOf(other),
        causes: [...new Set(causes)],
      };
    });
    const timeOf = ({ session, fresh }: ParityOrder) => (session ?? fresh)!.decidedAtMs;
    return orders.sort((a, b) => timeOf(a) - timeOf(b));
  }

  #marketOf({ intent: { instrument } }: LoggedOrder) {
    return this.parts.config.instruments.find(({ id }) => id === instrument)!;
  }
}

/** The end of the last minute that has closed in all markets: one that has not closed yet has no path. */
function knownUntil({ config: { instruments, listings }, inputs, minutes }: ParityParts): number {
  const { toMs } = sessionSpan(inputs), ends = minutes.map((own) => (own.openTimeMs.at(-1) ?? -Infinity) + MINUTE_MS);
  minutes.forEach(({ openTimeMs }, number) => {
    if (toMs - ends[number]! <= longestHoleMs(openTimeMs) || (listings?.[number]?.delistedAtMs ?? Infinity) <= toMs) {
      return;
    }
    throw new InputError(
      "candles",
      `the minutes of ${instruments[number]!.symbol} end at ${
        formatTimestamp(ends[number]! as TimestampMs)
      }, and the ` +
        `session heard its last input at ${formatTimestamp(toMs as TimestampMs)}: get the candles of the time between`,
    );
  });
  return Math.min(...ends);
}

/** The longest time between two minutes, milliseconds: where nothing trades a market has none. */
function longestHoleMs(openTimeMs: Float64Array): number {
  return openTimeMs.reduce(
    (most, timeMs, row) => row === 0 ? most : Math.max(most, timeMs - openTimeMs[row - 1]!),
    MINUTE_MS,
  );
}

function outcomeOf({ intent, fills, end }: LoggedOrder): OrderOutcome {
  const size = fills.reduce((sum, { quantity }) => sum + quantity, 0n);
  const fees = Map.groupBy(fills, ({ feeAsset }) => feeAsset);
  return {
    decidedAtMs: intent.decidedAtMs,
    quantity: formatDecimal(intent.quantity, UNIT_DECIMALS),
    filled: formatDecimal(size, UNIT_DECIMALS),
    averagePrice: averageOf(fills),
    filledAtMs: fills.at(-1)?.timeMs ?? null,
    fees: [...fees].map(([asset, own]) =>
      `${formatDecimal(own.reduce((sum, { fee }) => sum + fee, 0n), AMOUNT_DECIMALS)} ${asset}`
    ).join(", "),
    state: end ?? "open",
  };
}
