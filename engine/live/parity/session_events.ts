// What happened to a session that no fresh run finds out by itself, in the order in which it was heard of.
import { InputError } from "../../errors/mod.ts";
import type { SessionInput } from "../session_input.ts";
import type { CandleHistory } from "./candle_history.ts";
import { candleFaultOf } from "./candle_history.ts";
import type { Cause } from "./cause.ts";
import type { RecordedSession } from "./recorded_session.ts";

/** Something beside the news of orders. */
export interface SessionEvent {
  readonly cause: Cause;
  readonly about: string;
  /** Number of the input at which it showed. */
  readonly at: number;
  /** Close time of candles, or null. */
  readonly closeTimeMs: number | null;
  /** Key of the order that a trade was taken back of, or null. */
  readonly order: string | null;
}

export function sessionEvents(session: RecordedSession, history: CandleHistory): SessionEvent[] {
  const events = [...candleEvents(session, history)];
  session.inputs.forEach((input, at) => {
    const cause = causeOf(input);
    if (cause === null) return;
    const about = input.kind === "busted" ? input.fill : input.kind === "guarded" ? input.order : null;
    const order = about === null ? null : session.named(about.clientOrderId)?.key ?? null;
    events.push({ ...cause, at, closeTimeMs: null, order });
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
  const told = Map.groupBy(
    session.inputs.flatMap((input, at) => input.kind === "candles" ? [{ input, at }] : []),
    ({ input }) => input.closeTimeMs,
  );
  const firstMs = session.heardAtMs[0]!, lastMs = Math.max(-Infinity, ...told.keys());
  // What a watchdog tells the journal comes after candles of which nobody told it.
  const guardedMs = Math.max(
    -Infinity,
    ...session.inputs.map((own) => own.kind === "guarded" ? own.timeMs : -Infinity),
  );
  for (const closeTimeMs of new Set([...told.keys(), ...history.closeTimesMs])) {
    if (closeTimeMs > lastMs && closeTimeMs > guardedMs) continue;
    const groups = told.get(closeTimeMs as never) ?? [], rows = history.rows(closeTimeMs);
    const fault = candleFaultOf(groups.map(({ input }) => input), rows);
    const isWarmUp = closeTimeMs < session.decidesFromMs || closeTimeMs <= firstMs;
    if (fault === null || (isWarmUp && fault === "late candle")) continue;
    const isUntold = closeTimeMs > lastMs, { heardAtMs } = session;
    const at = groups[0]?.at ??
      (isUntold ? heardAtMs.findLastIndex((ms) => ms < closeTimeMs) : heardAtMs.findIndex((ms) => ms >= closeTimeMs));
    const wasAway = isUntold ||
      session.inputs.some((input, number) =>
        number > 0 && input.kind === "leader" && input.timeMs >= closeTimeMs && number <= at && input.timeMs > firstMs
      );
    const late = groups.filter(({ input }) => input.isLate).flatMap(({ input }) =>
      input.rows.map(([number]) => number)
    );
    const absent = rows.filter(([own]) => !groups.some(({ input }) => input.rows.some(([number]) => number === own)));
    const whose = (fault === "late candle" ? late : fault === "missing candle" ? absent.map(([own]) => own) : [])
      .map((number) => session.config.instruments[number]!.symbol);
    yield {
      cause: wasAway && fault !== "revision" ? "restart gap" : fault,
      about: `candle that closed at ${new Date(closeTimeMs).toISOString()}${
        whose.length === 0 ? "" : ` of ${whose.join(", ")}`
      }`,
      at,
      closeTimeMs,
      order: null,
    };
  }
}
