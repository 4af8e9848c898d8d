import type { Outcome } from "../errors/mod.ts";
import type { ClientOrderId, Fill, OrderIntent, OrderStep, RiskApproved, Venue } from "../orders/mod.ts";
import { type CrashLabel, pause, type Scheduler } from "../time/mod.ts";
import {
  type CandleGroup,
  candleGroup,
  type Command,
  createTrader,
  restoreTrader,
  saveTrader,
  type Trader,
  type TraderConfig,
  undoing,
} from "../trader/mod.ts";
import { readInput, sessionDiffers, type SessionInput, takeInput, writeInput } from "./session_input.ts";
import type { SessionBatch, SessionStore } from "./session_store.ts";

/** Something that a person should know. */
export interface Alarm {
  readonly code: string;
  readonly message: string;
}

/** What a session works with. */
export interface SessionParts {
  readonly config: TraderConfig;
  readonly store: SessionStore;
  /** Of the venue's time, which inputs bear. */
  readonly scheduler: Scheduler;
  /** Of the machine's time, by which the store is waited for. */
  readonly real: Scheduler;
  /** Of the lease under which it leads. */
  readonly epoch: number;
  readonly alarm: (alarm: Alarm) => void;
  /** Sees each turn once it is durable. */
  readonly seen?: (inputs: readonly SessionInput[], commands: readonly Command[]) => void;
  /** Called once when it cannot go on. */
  readonly ended: (reason: string) => void;
  /** See `crashPoint`: where a test may let the process die. */
  readonly reach?: (label: CrashLabel) => void | Promise<void>;
}

/** So many inputs wait at most; candles beyond it are left out, and offered again as late ones (I12). */
const MOST_WAITING = 10_000;
/** So many are taken in one turn: one commit makes them durable together. */
const MOST_IN_TURN = 256;
/** A successor reads about so many inputs at most, or those of so long a time: writing a state down delays orders. */
const INPUTS_PER_SNAPSHOT = 500, SNAPSHOT_GAP_MS = 10_000;
/** Prices that nobody can mean are a slip or a bug: somebody has to hear of them (fault 16). */
const ALARMING: ReadonlySet<string> = new Set(["absurd-price", "bad-price"]);
const RETRY_MS = 100, LONGEST_RETRY_MS = 2_000;

/**
 * A trading session: inputs in, one after the other; what follows from them is durable before any of it leaves. Whoever
 * replays the inputs comes to the same state and the same wishes, which is how a successor takes up and a certificate
 * proves.
 */
export class TradingSession {
  readonly trader: Trader;
  /** Fills of late as they were first told, which is how the trader took them in; whoever needs no more of them deletes them. */
  readonly fills = new Map<string, Fill>();
  readonly #parts: SessionParts;
  readonly #group: CandleGroup;
  readonly #waiting: SessionInput[] = [];
  readonly #steps: OrderStep[];
  #venue: Venue | null = null;
  /** Inputs that are durable. */
  #length: number;
  #sinceSnapshot = 0;
  #snapshotAtMs = 0;
  #isWorking = false;
  #end: string | null = null;

  private constructor(parts: SessionParts, trader: Trader, steps: OrderStep[], length: number) {
    this.#parts = parts;
    this.trader = trader;
    this.#steps = steps;
    this.#length = length;
    this.#group = candleGroup(parts.config.instruments.length);
  }

  /** Reads what a predecessor left behind, or begins; it does nothing before {@linkcode lead}. */
  static async open(parts: SessionParts): Promise<Outcome<TradingSession>> {
    parts.reach?.("recovery: before load");
    const loaded = await parts.store.load();
    if (loaded.kind !== "done") return loaded;
    parts.reach?.("recovery: after load");
    const { snapshot, earlier } = loaded.value, inputs = loaded.value.inputs.map(readInput), steps: OrderStep[] = [];
    const trader = resumedTrader(parts.config, snapshot, inputs, steps);
    const session = new TradingSession(parts, trader, steps, (snapshot?.after ?? 0) + inputs.length);
    for (const input of [...earlier.map(readInput), ...inputs]) session.#remember(input);
    return { kind: "done", value: session };
  }

  /** How many inputs wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** True while nothing waits, and all that the trader took in is durable. */
  get isIdle(): boolean {
    return this.#waiting.length === 0 && !this.#isWorking;
  }

  /** True when so many inputs are durable for all that it knows. */
  isOf(length: number): boolean {
    return this.#length === length;
  }

  /** True where no candle was ever taken in: the account is taken as it is, again where whoever began has died of it. */
  get isNew(): boolean {
    return this.trader.state.lastOpenTimeMs.every((openTimeMs) => openTimeMs === -Infinity);
  }

  /**
   * Begins to work: looks first for what was on its way.
   *
   * @param guarded Orders that the watchdog has sent while nobody led, and that the journal does not have.
   */
  lead(
    venue: Venue,
    guarded: readonly RiskApproved<OrderIntent>[] = [],
    lost: readonly ClientOrderId[] = [],
  ): void {
    this.#venue = venue;
    const { epoch, scheduler } = this.#parts, timeMs = scheduler.now();
    this.offer({ kind: "leader", epoch, timeMs });
    // Before anything is put up again for a position that may be gone.
    for (const order of guarded) this.offer({ kind: "guarded", order, timeMs });
    if (this.#length > 0) this.offer({ kind: "recovered", timeMs, ...(lost.length === 0 ? {} : { sent: lost }) });
  }

  /** Takes an input in; false where it is left out as too many wait. What the venue tells is never left out. */
  offer(input: SessionInput): boolean {
    if (this.#end !== null) return false;
    if (input.kind === "candles" && this.#waiting.length >= MOST_WAITING) return false;
    this.#waiting.push(input);
    void this.#work();
    return true;
  }

  /** Takes nothing in any more. */
  stop(reason: string): void {
    if (this.#end !== null) return;
    this.#end = reason;
    this.#parts.ended(reason);
  }

  /** Ends in a state that nobody foresaw: what is at the venue stays protected there, a successor reads what is durable. */
  fail(error: unknown): void {
    this.#parts.alarm({ code: "session-failed", message: (error as Error).stack ?? String(error) });
    this.stop((error as Error).message);
  }

  async #work(): Promise<void> {
    if (this.#isWorking || this.#venue === null) return;
    this.#isWorking = true;
    try {
      while (this.#waiting.length > 0 && this.#end === null) await this.#turn();
    } catch (error) {
      this.fail(error);
    } finally {
      this.#isWorking = false;
    }
  }

  async #turn(): Promise<void> {
    const inputs = this.#waiting.splice(0, MOST_IN_TURN), commands: Command[] = [], fills: Fill[] = [];
    for (const input of inputs) {
      takeInput(this.trader, input, this.#group, commands);
      this.#remember(input);
      fills.push(...fillsOf(input));
    }
    const { reach } = this.#parts;
    reach?.("signal computed");
    const batch = this.#batch(inputs, commands, fills), parts = partsOf(batch);
    if (batch.intents.length > 0) reach?.("risk approved");
    for (const part of parts) reach?.(`before ${part} commit`);
    if (!await this.#commit(batch)) return;
    reach?.("after commit");
    for (const part of parts) reach?.(`after ${part} commit`);
    reach?.("before publish");
    this.#parts.seen?.(inputs, commands);
    reach?.("after publish");
    const timeMs = this.#parts.scheduler.now();
    // They go before whatever waits: what was decided on this candle is not to wait for the next.
    this.#waiting.unshift(
      ...batch.intents.map(({ clientOrderId }) => ({ kind: "recorded", clientOrderId, timeMs }) as const),
    );
    for (const command of commands) {
      if (this.#end !== null) return;
      this.#carryOut(command);
    }
  }

  #remember(input: SessionInput): void {
    if (input.kind === "busted") return void this.fills.delete(input.fill.tradeId);
    for (const fill of fillsOf(input)) if (!this.fills.has(fill.tradeId)) this.fills.set(fill.tradeId, fill);
  }

  #batch(inputs: readonly SessionInput[], commands: readonly Command[], fills: readonly Fill[]): SessionBatch {
    this.#sinceSnapshot += inputs.length;
    const nowMs = this.#parts.scheduler.now();
    const isDue = this.#sinceSnapshot >= INPUTS_PER_SNAPSHOT &&
      Math.abs(nowMs - this.#snapshotAtMs) >= SNAPSHOT_GAP_MS; // a clock that was set back holds nothing up
    if (isDue) [this.#sinceSnapshot, this.#snapshotAtMs] = [0, nowMs];
    const intents = commands.flatMap((command): RiskApproved<OrderIntent>[] =>
      command.kind === "record" ? [command.order] : []
    );
    return {
      first: this.#length,
      inputs: inputs.map(writeInput),
      intents,
      steps: this.#steps.splice(0),
      fills,
      adjustments: inputs.flatMap((input) => input.kind === "adjusted" ? [input.adjustment] : []),
      snapshot: isDue ? saveTrader(this.trader) : null,
    };
  }

  /** Until it is durable or somebody else leads; false where nothing may follow from it. */
  async #commit(batch: SessionBatch): Promise<boolean> {
    for (let attempt = 0; this.#end === null; attempt++) {
      this.#parts.reach?.("before commit");
      const outcome = await this.#parts.store.commit(batch);
      if (outcome.kind === "done") {
        this.#length += batch.inputs.length;
        return this.#end === null;
      }
      if (outcome.kind === "refused") {
        this.stop(outcome.reason);
        return false;
      }
      if (attempt === 0) {
        this.#parts.alarm({ code: "store-away", message: `nothing new is sent: ${outcome.reason}` });
      }
      await pause(this.#parts.real, Math.min(RETRY_MS * 2 ** Math.min(attempt, 10), LONGEST_RETRY_MS));
    }
    return false;
  }

  #carryOut(command: Command): void {
    const venue = this.#venue!;
    switch (command.kind) {
      case "submit":
        this.#parts.reach?.("before submit");
        venue.submit(command.order);
        this.#parts.reach?.("after submit");
        return;
      case "cancel":
        this.#parts.reach?.("before cancel");
        venue.cancel(command.clientOrderId);
        return;
      case "query":
        this.#parts.reach?.("before query");
        return venue.query(command.clientOrderId);
      case "move":
        return venue.move(command.order);
      case "alarm":
        return this.#parts.alarm(command);
      case "refused": {
        const { order: { clientOrderId }, refusal: { code, reason } } = command;
        if (ALARMING.has(code)) this.#parts.alarm({ code, message: `${clientOrderId}: ${reason}` });
        return;
      }
      case "record": // done by the commit
      case "closed":
        return;
    }
  }
}

/**
 * A session's trader from its newest state, or from the start, and the inputs since.
 *
 * @throws {CodedError} `session-differs` where it is not of this strategy or program.
 */
export function resumedTrader(
  config: TraderConfig,
  snapshot: { readonly state: string } | null,
  inputs: readonly SessionInput[],
  steps: OrderStep[] | null = null,
): Trader {
  const trader = snapshot === null ? createTrader(config, steps) : restored(config, snapshot.state, steps);
  replayInputs(trader, inputs);
  return trader;
}

function restored(config: TraderConfig, state: string, steps: OrderStep[] | null): Trader {
  try {
    return restoreTrader(config, state, steps);
  } catch (error) {
    throw sessionDiffers(`the newest state of the session cannot be taken up (${(error as Error).message})`, error);
  }
}

/** Takes inputs in again; what follows from them has been done, or never will be. */
export function replayInputs(trader: Trader, inputs: readonly SessionInput[]): void {
  const group = candleGroup(trader.config.instruments.length), commands: Command[] = [];
  for (const input of inputs) {
    takeInput(trader, input, group, commands);
    commands.length = 0;
    if (trader.steps !== null) trader.steps.length = 0;
  }
}

/** What a batch makes durable, as far as it differs for whoever dies before or after it. */
function partsOf({ intents, steps, fills, adjustments }: SessionBatch) {
  return [
    ...(intents.length > 0 ? ["intent" as const] : []),
    ...(steps.some(({ to }) => to === "sending") ? ["sending" as const] : []),
    ...(steps.some(({ to }) => to === "open" || to === "refused") ? ["ack" as const] : []),
    ...(fills.length > 0 ? ["fill" as const] : []),
    ...(adjustments.length > 0 ? ["adjustment" as const] : []),
  ];
}

/** Executions that an input tells of. */
export function fillsOf(input: SessionInput): readonly Fill[] {
  if (input.kind === "busted") return [undoing(input.fill)];
  return input.kind === "fill" ? [input.fill] : input.kind === "found" ? input.fills : [];
}
