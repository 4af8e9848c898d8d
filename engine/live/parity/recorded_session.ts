// A session as its inputs have it: what it ordered, and when everything was on its way or heard of.
import { InputError } from "../../errors/mod.ts";
import type { ClientOrderId, Fill } from "../../orders/mod.ts";
import { candleGroup, type Command, createTrader, type Trader, type TraderConfig } from "../../trader/mod.ts";
import { type CandleInput, isUnordered, readInput, type SessionInput, takeInput } from "../session_input.ts";
import { fillsOf } from "../trading_session.ts";
import { type LoggedOrder, OrderLog } from "./order_log.ts";

/** News of an order that a session heard. */
export type OrderNews = Extract<
  SessionInput,
  { readonly kind: "accepted" | "refused" | "fill" | "ended" | "notSent" | "unknown" | "found" | "missing" }
>;

/** When an order was where, by the venue's clock, and at which inputs the session heard of it. */
export interface OrderTimes {
  placedAtMs: number | null;
  cancelledAtMs: number | null;
  lastFillMs: number | null;
  recordedAt: number;
  acceptedAt: number;
  refusedAt: number;
  endedAt: number;
  /** The last input that told of the n-th execution. */
  readonly fillAt: number[];
}

/** How long things usually took, milliseconds: for what has no counterpart in the session. */
export interface TypicalTimes {
  readonly commitMs: number;
  readonly sendMs: number;
  readonly hearMs: number;
  readonly candleMs: number;
}

const NEWS: ReadonlySet<string> = new Set<OrderNews["kind"]>([
  ...["accepted", "refused", "fill", "ended", "notSent", "unknown", "found", "missing"] as const,
]);

export function isOrderNews(input: SessionInput): input is OrderNews {
  return NEWS.has(input.kind);
}

export function nameIn(news: OrderNews): string {
  return news.kind === "fill" ? news.fill.clientOrderId : news.clientOrderId;
}

/** What a session was told and what it ordered. */
export class RecordedSession {
  readonly inputs: readonly SessionInput[];
  /** Orders that it has recorded, and that its inputs do not lead to. */
  readonly unordered: ClientOrderId[] = [];
  readonly log = new OrderLog();
  readonly trader: Trader;
  readonly candles: readonly CandleInput[];
  /** Close times of which it heard. */
  readonly closeTimesMs: ReadonlySet<number>;
  /** When each input was heard, by the session's clock: never before the one before it. */
  readonly heardAtMs: readonly number[];
  readonly times = new Map<string, OrderTimes>();
  readonly typical: TypicalTimes;
  /** Close of the first candles that were decided on; Infinity where none were. */
  readonly decidesFromMs: number;

  /** @param untilMs What was heard from then on is left out. */
  constructor(readonly config: TraderConfig, texts: readonly string[], untilMs = Infinity) {
    const inputs = texts.map(readInput), heardAtMs = heardTimes(inputs);
    const end = heardAtMs.findIndex((ms) => ms >= untilMs), length = end < 0 ? inputs.length : end;
    this.inputs = inputs.slice(0, length);
    this.heardAtMs = heardAtMs.slice(0, length);
    this.candles = this.inputs.filter((input) => input.kind === "candles");
    this.closeTimesMs = new Set(this.candles.map(({ closeTimeMs }) => closeTimeMs));
    this.trader = createTrader(config, []);
    const group = candleGroup(config.instruments.length), commands: Command[] = [];
    this.inputs.forEach((input, at) => {
      if (isUnordered(this.trader, input)) return void this.unordered.push(input.clientOrderId);
      if (input.kind === "candles") this.log.candles(input.closeTimeMs);
      takeInput(this.trader, input, group, commands);
      this.log.take(at, commands, this.trader.steps!);
      this.log.hear(at, input);
      commands.length = 0;
      this.#note(input, at);
    });
    this.decidesFromMs = this.candles.find(({ isLate }) => !isLate)?.closeTimeMs ?? Infinity;
    this.typical = this.#typical();
  }

  /** The order that a name means. */
  named(clientOrderId: string): LoggedOrder | undefined {
    return this.log.named(clientOrderId);
  }

  /** Executions of an order in the order in which they were heard of. */
  fillNumber(fill: Fill): number {
    return this.named(fill.clientOrderId)?.fills.findIndex((own) => own.tradeId === fill.tradeId) ?? -1;
  }

  #note(input: SessionInput, at: number): void {
    if (input.kind !== "recorded" && !isOrderNews(input)) return;
    const order = this.named(input.kind === "recorded" ? input.clientOrderId : nameIn(input));
    if (order === undefined) return;
    const times = this.times.get(order.key) ?? newTimes();
    this.times.set(order.key, times);
    switch (input.kind) {
      case "recorded":
        times.recordedAt = at;
        return;
      case "accepted":
        times.acceptedAt = at;
        times.placedAtMs ??= input.placedAtMs ?? null;
        return;
      case "refused":
        times.refusedAt = at;
        return;
      case "ended":
        times.endedAt = at;
        times.cancelledAtMs ??= input.endedAtMs ?? null;
        return;
      case "fill":
      case "found":
        for (const fill of fillsOf(input)) {
          times.fillAt[this.fillNumber(fill)] = at;
          times.lastFillMs = Math.max(times.lastFillMs ?? 0, fill.timeMs);
        }
        if (input.kind === "fill") return;
        times.placedAtMs ??= input.placedAtMs ?? null;
        if (input.state === "open") return;
        times.endedAt = at;
        if (input.state !== "filled") times.cancelledAtMs ??= input.changedAtMs ?? null;
    }
  }

  #typical(): TypicalTimes {
    const commit: number[] = [], send: number[] = [], hear: number[] = [];
    for (const [key, { placedAtMs, recordedAt, acceptedAt }] of this.times) {
      if (recordedAt < 0) continue;
      const recordedMs = this.heardAtMs[recordedAt]!;
      commit.push(recordedMs - this.log.orders.get(key)!.intent.decidedAtMs);
      if (placedAtMs === null || acceptedAt < 0) continue;
      send.push(placedAtMs - recordedMs);
      hear.push(this.heardAtMs[acceptedAt]! - placedAtMs);
    }
    const candles = this.candles.filter(({ isLate }) => !isLate).map((own) => own.heardAtMs - own.closeTimeMs);
    return { commitMs: median(commit), sendMs: median(send), hearMs: median(hear), candleMs: median(candles) };
  }
}

function newTimes(): OrderTimes {
  return {
    placedAtMs: null,
    cancelledAtMs: null,
    lastFillMs: null,
    recordedAt: -1,
    acceptedAt: -1,
    refusedAt: -1,
    endedAt: -1,
    fillAt: [],
  };
}

/** When each input was heard: never before the one before it. */
function heardTimes(inputs: readonly SessionInput[]): number[] {
  let lastMs = -Infinity;
  return inputs.map((input) => lastMs = Math.max(lastMs, input.kind === "candles" ? input.heardAtMs : input.timeMs));
}

/**
 * The time that the inputs of a session are about: from the open of its first candle until it heard the last of them.
 *
 * @throws {InputError} `session` where no candle is among them.
 */
export function sessionSpan(texts: readonly string[]): { readonly fromMs: number; readonly toMs: number } {
  const inputs = texts.map(readInput), first = inputs.find((input) => input.kind === "candles");
  if (first === undefined) {
    throw new InputError(
      "session",
      "the session has taken no candle in yet, or what it took in was archived: there is nothing to certify",
    );
  }
  const fromMs = Math.min(...first.rows.map(([, openTimeMs]) => openTimeMs));
  return { fromMs, toMs: heardTimes(inputs).at(-1) ?? 0 };
}

/** The middle one, and never below 0: clocks of two processes may differ by less than that. */
function median(values: number[]): number {
  return Math.max(0, values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0);
}
