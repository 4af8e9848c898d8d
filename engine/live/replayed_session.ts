// A session's inputs taken in again, and all that follows from them: it is told nothing of what became of them.
import type { ClientOrderId, Fill, OrderIntent, OrderState, OrderStep } from "../orders/mod.ts";
import { candleGroup, type Command, createTrader, type Trader, type TraderConfig } from "../trader/mod.ts";
import { isUnordered, readInput, type SessionInput, takeInput } from "./session_input.ts";
import { fillsOf } from "./trading_session.ts";

/** What a replay comes to. */
export interface ReplayedSession {
  readonly inputs: readonly SessionInput[];
  readonly decided: ReadonlyMap<ClientOrderId, OrderIntent>;
  /** Orders that the session has recorded and the replay does not order, as with a strategy that was changed since. */
  readonly unordered: readonly ClientOrderId[];
  /** The last state of each of these orders. */
  readonly states: ReadonlyMap<ClientOrderId, OrderState>;
  /** Executions that it heard of, by the venue's number, and what undoes those that were taken back. */
  readonly fills: ReadonlyMap<string, Fill>;
  /** What executions have brought, by instrument: signed base units of the smallest kind, dust too. */
  readonly positions: readonly bigint[];
}

/** @throws {CodedError} `session-newer` for an input that only a newer program knows. */
export function replayedSession(config: TraderConfig, texts: readonly string[]): ReplayedSession {
  const steps: OrderStep[] = [], trader = createTrader(config, steps), commands: Command[] = [];
  const group = candleGroup(config.instruments.length), inputs = texts.map(readInput);
  const decided = new Map<ClientOrderId, OrderIntent>(), states = new Map<ClientOrderId, OrderState>();
  const unordered: ClientOrderId[] = [], fills = new Map<string, Fill>(), taken = holdings(trader).fill(0n);
  for (const input of inputs) {
    if (isUnordered(trader, input)) {
      unordered.push(input.clientOrderId);
      continue;
    }
    // What is missing at the venue is taken from positions, and no execution tells of it.
    const before = input.kind === "adjusted" ? holdings(trader) : null;
    takeInput(trader, input, group, commands);
    before?.forEach((held, i) => taken[i]! += held - holdings(trader)[i]!);
    for (const fill of fillsOf(input)) if (!fills.has(fill.tradeId)) fills.set(fill.tradeId, fill);
    for (const command of commands) {
      if (command.kind === "record") decided.set(command.order.clientOrderId, command.order);
    }
    for (const { clientOrderId, to } of steps) states.set(clientOrderId, to);
    commands.length = steps.length = 0;
  }
  // An intent that is durable is recorded, before the trader hears that it is.
  for (const id of decided.keys()) if (!states.has(id)) states.set(id, "recorded");
  return { inputs, decided, unordered, states, fills, positions: holdings(trader).map((held, i) => held + taken[i]!) };
}

function holdings({ state: { account: { positions, dust } } }: Trader): bigint[] {
  return positions.map((own, number) => own + dust[number]!);
}
