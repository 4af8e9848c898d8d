// What a session sees, as it is written down before anything follows from it: the same inputs lead to the same state.
import { CodedError } from "../errors/mod.ts";
import { decodePlain, encodePlain } from "../identity/mod.ts";
import type { ClientOrderId, Recorded } from "../orders/mod.ts";
import type { TimestampMs } from "../time/mod.ts";
import { type CandleGroup, type Command, findOrder, step, type Trader, type TraderEvent } from "../trader/mod.ts";

/** A candle that closed: instrument number, open time in milliseconds, open, high, low, close, volume. */
export type CandleRow = readonly [
  instrument: number,
  openTimeMs: number,
  open: number,
  high: number,
  low: number,
  close: number,
  volume: number,
];

/** All candles that closed at one moment. */
export interface CandleInput {
  readonly kind: "candles";
  readonly closeTimeMs: TimestampMs;
  readonly isLate: boolean;
  /** When the group was taken in, by the session's clock. */
  readonly heardAtMs: TimestampMs;
  readonly rows: readonly CandleRow[];
}

/** Anything that a session takes in. */
export type SessionInput =
  | CandleInput
  /** The intent of that name is durable. */
  | { readonly kind: "recorded"; readonly clientOrderId: ClientOrderId; readonly timeMs: TimestampMs }
  | Exclude<TraderEvent, CandleGroup | { readonly kind: "recorded" }>;

/**
 * True of an order that was recorded and that nothing leads to which the trader took in before: something else has decided
 * on it than what decides now.
 */
export function isUnordered(
  { state }: Trader,
  input: SessionInput,
): input is Extract<SessionInput, { readonly kind: "recorded" }> {
  return input.kind === "recorded" && findOrder(state, input.clientOrderId) === undefined;
}

/**
 * Lets a trader take an input in. `group` is filled anew for candles and has room for every instrument.
 *
 * @throws {CodedError} `session-differs` for an order that {@linkcode isUnordered}.
 */
export function takeInput(trader: Trader, input: SessionInput, group: CandleGroup, commands: Command[]): void {
  if (input.kind === "candles") return step(trader, filled(group, input), commands);
  if (input.kind !== "recorded") return step(trader, input, commands);
  const record = findOrder(trader.state, input.clientOrderId);
  if (record === undefined) throw sessionDiffers(`${input.clientOrderId} was recorded, and no input leads to it`);
  step(
    trader,
    { kind: "recorded", order: record.intent as Recorded<typeof record.intent>, timeMs: input.timeMs },
    commands,
  );
}

/** What is wrong where a session does not come to what it came to before, and what to do. */
export function sessionDiffers(what: string, cause?: unknown): CodedError {
  return new CodedError(
    "session-differs",
    `${what}: a strategy of the session, or the program, is another one than it began with. Go on with those, or close ` +
      "its positions by hand, stop it and begin another session",
    { cause },
  );
}

function filled(group: CandleGroup, { closeTimeMs, isLate, rows }: CandleInput): CandleGroup {
  group.closeTimeMs = closeTimeMs;
  group.isLate = isLate;
  group.count = rows.length;
  group.rowOf.fill(-1);
  for (let row = 0; row < rows.length; row++) {
    const [instrument, openTimeMs, open, high, low, close, volume] = rows[row]!;
    group.instrument[row] = instrument;
    group.rowOf[instrument] = row;
    group.openTimeMs[row] = openTimeMs;
    group.open[row] = open;
    group.high[row] = high;
    group.low[row] = low;
    group.close[row] = close;
    group.volume[row] = volume;
  }
  return group;
}

/** An input as one line of text. */
export function writeInput(input: SessionInput): string {
  return encodePlain(input);
}

const KINDS: ReadonlySet<string> = new Set<SessionInput["kind"]>([
  ...["candles", "recorded", "leader", "recovered", "halt", "resume", "decision", "timer", "retry"] as const,
  ...["accepted", "refused", "fill", "ended", "moved", "notSent", "unknown", "found", "missing"] as const,
  ...["charge", "liquidation", "adjusted", "busted", "regridded", "guarded"] as const,
]);

/** @throws {CodedError} `session-newer` for a kind of input that only a newer program writes (fault 62). */
export function readInput(text: string): SessionInput {
  const input = decodePlain(text) as SessionInput;
  if (KINDS.has(input.kind)) return input;
  throw new CodedError(
    "session-newer",
    `the session holds an input "${input.kind}" that this program does not know: use the version that wrote it`,
  );
}
