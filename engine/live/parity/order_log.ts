import { encodePlain } from "../../identity/mod.ts";
import { type Fill, isTerminal, type OrderIntent, type OrderState, type OrderStep } from "../../orders/mod.ts";
import type { Command } from "../../trader/mod.ts";
import type { SessionInput } from "../session_input.ts";
import { fillsOf } from "../trading_session.ts";

/** An order as a run has it, and at which of the run's inputs each thing happened. */
export interface LoggedOrder {
  /** What it is called in every run of the session: its book, slot, the candle that it follows, and its number there. */
  readonly key: string;
  readonly intent: OrderIntent;
  /** All that it asks for, save its name. */
  readonly wish: string;
  readonly at: number;
  /** Executions in the order in which they were heard of, each once. */
  readonly fills: Fill[];
  /** The state in which it ended. */
  end: OrderState | null;
  /** What was heard of it, in its order: states that it came to, and executions. */
  readonly heard: { readonly what: string; readonly at: number }[];
}

/** The orders of one run. Their names differ between runs that came to decide at other moments; keys do not. */
export class OrderLog {
  readonly orders = new Map<string, LoggedOrder>();
  readonly #byName = new Map<string, LoggedOrder>();
  readonly #counts = new Map<string, number>();
  #closeTimeMs = 0;

  /** Candles were decided on: what follows belongs to them. */
  candles(closeTimeMs: number): void {
    this.#closeTimeMs = Math.max(this.#closeTimeMs, closeTimeMs);
  }

  named(clientOrderId: string): LoggedOrder | undefined {
    return this.#byName.get(clientOrderId);
  }

  /** Takes down what an input has led to; the steps are taken away. */
  take(at: number, commands: readonly Command[], steps: OrderStep[]): void {
    for (const command of commands) if (command.kind === "record") this.#begin(at, command.order);
    for (const { clientOrderId, to } of steps.splice(0)) {
      const order = this.#byName.get(clientOrderId);
      if (order === undefined) continue;
      order.heard.push({ what: to, at });
      if (isTerminal(to)) order.end ??= to;
    }
  }

  /** Takes down what an input told of orders: executions, each once, and why one was refused. */
  hear(at: number, input: SessionInput): void {
    if (input.kind === "refused") {
      this.#byName.get(input.clientOrderId)?.heard.push({ what: `refused: ${input.code}`, at });
    } else if (input.kind !== "busted") fillsOf(input).forEach((fill) => this.#hearFill(at, fill));
  }

  #hearFill(at: number, fill: Fill): void {
    const order = this.#byName.get(fill.clientOrderId);
    if (order === undefined || order.fills.some((own) => own.tradeId === fill.tradeId)) return;
    order.fills.push(fill);
    order.heard.push({ what: executionOf(fill), at });
  }

  #begin(at: number, intent: OrderIntent): void {
    const place = `${intent.book} ${intent.slot} ${this.#closeTimeMs}`, number = this.#counts.get(place) ?? 0;
    this.#counts.set(place, number + 1);
    // Between candles it is decided when news is heard of; its candle is in the key.
    const { clientOrderId, decidedAtMs: _, ...asked } = intent, wish = encodePlain(asked);
    const order: LoggedOrder = { key: `${place} ${number}`, intent, wish, at, fills: [], end: null, heard: [] };
    this.orders.set(order.key, order);
    this.#byName.set(clientOrderId, order);
  }
}

/** All of an execution that must be the same in two runs. */
export function executionOf({ side, price, quantity, fee, feeAsset, liquidity, timeMs }: Fill): string {
  return encodePlain({ side, price, quantity, fee, feeAsset, liquidity, timeMs });
}
