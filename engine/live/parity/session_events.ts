// What happened to a session that no fresh run finds out by itself, in the order in which it was heard of.
import { InputError } from "../../errors/mod.ts";
import type { SessionInput } from "../session_input.ts";
import type { CandleHistory } from "./candle_history.ts";
import { type CandleFault, candleFaultsOf } from "./candle_history.ts";
import type { Cause } from "./cause.ts";
import type { RecordedSession } from "./recorded_session.ts";

/** Something beside the news of orders. */
export interface SessionEvent {
  readonly cause: Cause;
  readonly about: string;
  /** Number of the input at which it showed. */
  readonly at: number;
  /** Which candles, and how the session was told of them; null where it is about something else. */
  readonly candles: CandlesTold | null;
  /** Key of the order that a trade was taken back of, or null. */
  readonly order: string | null;
}

/** What a session was told of the candles of one close time. */
export interface CandlesTold {
  readonly closeTimeMs: number;
  readonly fault: CandleFault;
  /** Nothing at all. */
  readonly isUnheard: boolean;
}

export function sessionEvents(session: RecordedSession, history: CandleHistory): SessionEvent[] {
  const events = [...candleEvents(session, history)];
  session.inputs.forEach((input, at) => {
    const cause = causeOf(input);
    if (cause === null) return;
    const about = input.kind === "busted" ? input.fill : input.kind === "guarded" ? input.order : null;
    const order = about === null ? null : session.named(about.clientOrderId)?.key ?? null;
    events.push({ ...cause, at, candles: null, order });
  });
  return events.sort((a, b) => a.at - b.at);
}

function causeOf(input: SessionInput): Pick<SessionEvent, "cause" | "about"> | null {
  switch (input.kind) {
    case "halt":
      return { cause: input.reason.startsWith("paused") ? "operator command" : "halt", about: `halt: ${input.reason}` };
    case "resume":
      return { cause: "operator command", about: "resume" };
    case "decision":
      return { cause: "operator command", about: `decision for book ${input.book}` };
    case "adjusted": {
      const { id, asset, reason } = input.adjustment;
      return { cause: id.startsWith("fee-") ? "fee tier" : "adjustment", about: `${asset}: ${reason}` };
    }
    case "busted":
      return { cause: "bust", about: `trade ${input.fill.tradeId} was taken back` };
    case "regridded":
      return { cause: "venue rules", about: `other steps and least sizes in market ${input.instrument}` };
    case "guarded":
      return { cause: "watchdog", about: `${input.order.clientOrderId}: ${input.order.reason}` };
    case "charge":
    case "liquidation":
      throw new InputError("certify", `a session with a ${input.kind} cannot be run anew: contracts are not certified`);
    default:
      return null;
  }
}

function* candleEvents(session: RecordedSession, history: CandleHistory): Generator<SessionEvent> {
  const { heardAtMs, inputs, config: { instruments }, decidesFromMs, typical } = session;
  const told = Map.groupBy(
    inputs.flatMap((input, at) => input.kind === "candles" ? [{ input, at }] : []),
    ({ input }) => input.closeTimeMs,
  );
  const firstMs = heardAtMs[0]!, lastMs = heardAtMs.at(-1)!;
  const toldMs = Math.max(-Infinity, ...told.keys());
  // What a watchdog tells the journal comes after candles of which nobody told it.
  const guardedMs = Math.max(-Infinity, ...inputs.map((own) => own.kind === "guarded" ? own.timeMs : -Infinity));
  for (const closeTimeMs of new Set([...told.keys(), ...history.closeTimesMs])) {
    const groups = told.get(closeTimeMs as never) ?? [];
    // A fresh run would hear of it after the session's last input.
    if (closeTimeMs > Math.max(toldMs, guardedMs) && closeTimeMs + typical.candleMs > lastMs) continue;
    const isWarmUp = closeTimeMs < decidesFromMs || closeTimeMs <= firstMs;
    const nextAt = groups[0]?.at ?? heardAtMs.findIndex((ms) => ms >= closeTimeMs);
    const wasAway = inputs.some((input, number) =>
      (input.kind === "leader" || input.kind === "guarded") && number > 0 && number <= nextAt &&
      input.timeMs >= closeTimeMs && input.timeMs > firstMs
    );
    for (
      const { fault, instruments: whose } of candleFaultsOf(groups.map(({ input }) => input), history.rows(closeTimeMs))
    ) {
      if (isWarmUp && fault === "late candle") continue;
      const isGap = wasAway && (fault === "late candle" || fault === "missing candle");
      const symbols = whose.map((number) => instruments[number]!.symbol).join(", ");
      yield {
        cause: isGap ? "restart gap" : fault,
        about: `candle that closed at ${new Date(closeTimeMs).toISOString()} of ${symbols}`,
        // A fresh run hears in time of what nobody told the session.
        at: groups[0]?.at ?? Math.max(0, heardAtMs.findLastIndex((ms) => ms < closeTimeMs)),
        candles: { closeTimeMs, fault, isUnheard: groups.length === 0 },
        order: null,
      };
    }
  }
}
