import { MINUTE_MS } from "../../time/mod.ts";
import type { WorldClock } from "./world_clock.ts";

/** What befalls the next order on its way. */
export type RequestSpell =
  /** It waits for its turn almost too long, its connection breaks, and it arrives right before it would be refused. */
  | "late"
  /** A proxy sends it a second time, and the answer to that is the one that comes back. */
  | "repeated"
  /** It arrives, and its connection breaks at once. */
  | "unanswered";

/** A copy that lags answers for so long: less than a proof of absence waits between its two looks. */
const COPY_MS = 1_200;
/** It lags by so much: less than what is missing in a list of executions is given before it counts as taken back. */
const COPY_LAG_MS = 28_000;
/** And answers not again before so long: what two of its answers agree on counts as proven. */
const COPY_GAP_MS = MINUTE_MS;

/** A list of executions may come from one that lags by more, once in a while. */
const LIST_LAG_MS = 95_000, LIST_GAP_MS = 5 * MINUTE_MS;

/** What a venue's line and its copies have for a while, beside what each call meets. */
export class VenueSpells {
  readonly #clock: WorldClock;
  /** Reads show orders and executions so late, milliseconds. */
  #lag = { ms: 0, untilMs: -Infinity };
  /** The same of executions alone. */
  #fillsLag = { ms: 0, untilMs: -Infinity };
  #copy: "away" | "due" | { readonly untilMs: number; readonly lagMs: number } = "away";
  /** When an order was last looked up in a copy. */
  #askedMs = -Infinity;
  /** When a list of executions came from a copy last. */
  #listedMs = -Infinity;
  #limitedUntilMs = -Infinity;
  #queriesAwayUntilMs = -Infinity;
  #request: RequestSpell | null = null;
  #isCancelMet = false;

  constructor(clock: WorldClock) {
    this.#clock = clock;
  }

  lag(ms: number, lastsMs: number): void {
    this.#lag = { ms, untilMs: this.#clock.now() + lastsMs };
  }

  lagFills(ms: number, lastsMs: number): void {
    this.#fillsLag = { ms, untilMs: this.#clock.now() + lastsMs };
  }

  /** The next order that is asked for is looked up in a copy that lags far behind. */
  copyAnswersNext(): void {
    this.#copy = "due";
  }

  /** Others of this address have spent what it may ask for. */
  limit(lastsMs: number): void {
    this.#limitedUntilMs = this.#clock.now() + lastsMs;
  }

  /** Orders are taken, and nobody is told of them. */
  takeQueriesAway(lastsMs: number): void {
    this.#queriesAwayUntilMs = this.#clock.now() + lastsMs;
  }

  /** The next order meets that. */
  meetNext(spell: RequestSpell): void {
    this.#request = spell;
  }

  /** The next order that is taken back trades in part right before. */
  tradeAtNextCancel(): void {
    this.#isCancelMet = true;
  }

  end(): void {
    this.#lag = this.#fillsLag = { ms: 0, untilMs: -Infinity };
    this.#copy = "away";
    this.#limitedUntilMs = this.#queriesAwayUntilMs = -Infinity;
    this.#request = null;
    this.#isCancelMet = false;
  }

  /** An order is asked for that was placed at that moment; true where a copy that lags begins to answer. */
  asked(placedAtMs: number): boolean {
    const nowMs = this.#clock.now();
    if (this.#copy !== "due" || placedAtMs < nowMs - COPY_LAG_MS || nowMs < this.#askedMs + COPY_GAP_MS) return false;
    this.#askedMs = nowMs;
    this.#copy = { untilMs: nowMs + COPY_MS, lagMs: COPY_LAG_MS };
    return true;
  }

  /** Executions are read, the newest of which is of that moment; true where a copy begins to answer that lacks it. */
  listed(newestMs: number): boolean {
    const nowMs = this.#clock.now();
    // Two such lists in a row would prove that it was taken back.
    if (this.#copy !== "due" || newestMs < nowMs - LIST_LAG_MS || nowMs < this.#listedMs + LIST_GAP_MS) return false;
    this.#listedMs = nowMs;
    this.#copy = { untilMs: nowMs + COPY_MS, lagMs: LIST_LAG_MS };
    return true;
  }

  get lagMs(): number {
    const nowMs = this.#clock.now();
    if (typeof this.#copy === "object" && nowMs < this.#copy.untilMs) return this.#copy.lagMs;
    return nowMs < this.#lag.untilMs ? this.#lag.ms : 0;
  }

  get fillsLagMs(): number {
    return Math.max(this.lagMs, this.#clock.now() < this.#fillsLag.untilMs ? this.#fillsLag.ms : 0);
  }

  /** True while calls wait for their turn. */
  get isLimited(): boolean {
    return this.#clock.now() < this.#limitedUntilMs;
  }

  get areQueriesAway(): boolean {
    return this.#clock.now() < this.#queriesAwayUntilMs;
  }

  takeRequest(): RequestSpell | null {
    const spell = this.#request;
    this.#request = null;
    return spell;
  }

  takeCancel(): boolean {
    const isMet = this.#isCancelMet;
    this.#isCancelMet = false;
    return isMet;
  }
}

/** A spell lasts so long. */
export const SPELL_MS = 60 * MINUTE_MS;
