// One channel's notices on their way: bounded, at the channel's rate, tried again until they are there. Lanes do not wait
// for each other, and whoever sends waits for none. Tested in notification_desk_test.ts.
import type { Clock, Timer } from "../time/mod.ts";
import { type Notice, SEVERITIES, type Severity } from "./notice.ts";
import { type Delivery, deliveryText, mayComeLater, type Notifier } from "./notifier.ts";
import { type Hear, Pending, urgency } from "./pending.ts";

/**
 * Messages that wait at most. Beyond, a notice joins one of its severity and kind; where there is none, the least severe
 * message goes, of these the oldest, and its notices are counted as lost.
 */
export const WAITING_MOST = 200;
/** A message that has not gone by then has an unknown fate. */
const SEND_MS = 60_000;
/** Before the second attempt; doubled for each further one. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 300_000;
/** Longest that a channel may have us wait by its own word. */
const RETRY_AFTER_MOST_MS = 3_600_000;

/** A way to people. */
export interface Channel {
  readonly name: string;
  readonly notifier: Notifier;
  /** What it may get at most: so many messages in any span of this length. One of them is kept for alarms. */
  readonly rate: { readonly messages: number; readonly perMs: number };
}

/** What lanes need. */
export interface LaneOptions {
  readonly clock: Clock;
  readonly timer: Timer;
  /** How long what is no alarm waits for more of its kind. */
  readonly windowMs: number;
  /** Hears, in a sentence, when a channel begins or ends to fail, and of what is lost. */
  readonly note: (sentence: string) => void;
}

/** How a channel is doing. */
export interface LaneState {
  readonly channel: string;
  readonly waiting: number;
  /** Messages. */
  readonly delivered: number;
  /** Notices that nobody gets: the queue was full, or the channel refused them. */
  readonly lost: number;
  /** What it failed with, null when the last message has arrived. */
  readonly problem: string | null;
}

/** Takes notices, and gives them to its channel one message after another. */
export class ChannelLane {
  readonly #waiting = new Map<string, Pending>();
  #current: Pending | null = null;
  /** Lost since a message has told so. */
  #untold: Record<Severity, number> = { info: 0, warning: 0, alarm: 0 };
  #sentAtMs: number[] = [];
  #notBeforeMs = 0;
  #latestMs = 0;
  #failures = 0;
  #isFull = false;
  #problem: string | null = null;
  #delivered = 0;
  #lost = 0;
  #wake = new AbortController();
  #stop = new AbortController();
  #isClosing = false;
  readonly #running: Promise<void>;

  constructor(readonly channel: Channel, readonly options: LaneOptions) {
    this.#running = this.#run();
  }

  get state(): LaneState {
    return {
      channel: this.channel.name,
      waiting: this.#size,
      delivered: this.#delivered,
      lost: this.#lost,
      problem: this.#problem,
    };
  }

  /** With the one that is on its way, which may come back. */
  get #size(): number {
    return this.#waiting.size + (this.#current === null ? 0 : 1);
  }

  /** Takes a notice in, at once. @param hear Hears what has become of it; null where nobody asks. */
  add(notice: Notice, hear: Hear | null): void {
    const key = Pending.keyOf(notice);
    let pending = this.#waiting.get(key) ?? (this.#size < WAITING_MOST ? undefined : this.#alike(notice));
    if (pending === undefined) {
      if (this.#size >= WAITING_MOST && !this.#makeRoom(notice)) {
        return this.#lose(notice.severity, 1, [hear], this.#full());
      }
      this.#waiting.set(key, pending = new Pending(notice, this.#now()));
    }
    pending.add(notice);
    if (hear !== null) pending.hearing.add(hear);
    this.#wake.abort();
  }

  /** Nobody listens there any more. */
  forget(hear: Hear): void {
    for (const pending of this.#waiting.values()) pending.hearing.delete(hear);
    this.#current?.hearing.delete(hear);
  }

  /** Sends what waits without waiting for more of its kind; what has not gone after so long is lost, and is told. */
  async close(graceMs: number): Promise<void> {
    this.#isClosing = true;
    this.#wake.abort();
    const over = new AbortController();
    await Promise.race([this.#running, this.options.timer.wait(graceMs, over.signal).catch(() => {})]);
    over.abort();
    this.#stop.abort();
    this.#wake.abort();
    const left = [...this.#waiting.values(), ...(this.#current === null ? [] : [this.#current])];
    if (left.length === 0) return;
    const count = left.reduce((sum, pending) => sum + pending.count, 0);
    this.options.note(
      `${this.channel.name} has not got ${count} of the last notices: ${this.#problem ?? "it is slow"}`,
    );
    this.#waiting.clear();
    const delivery: Delivery = { kind: "unknown", reason: `${this.channel.name} was closed before it was told` };
    for (const pending of left) this.#lose(pending.severity, pending.count, pending.hearing, delivery);
  }

  #alike({ severity, kind }: Notice): Pending | undefined {
    return this.#waiting.values().find((pending) => pending.severity === severity && pending.first.kind === kind);
  }

  /** True where a place is free now; the new notice is the one to go where all others are more severe. */
  #makeRoom({ severity }: Notice): boolean {
    let least: [string, Pending] | null = null;
    for (const entry of this.#waiting) {
      if (least === null || urgency(entry[1].severity) < urgency(least[1].severity)) least = entry;
    }
    const [key, pending] = least!;
    if (urgency(pending.severity) > urgency(severity)) return false;
    this.#waiting.delete(key);
    this.#lose(pending.severity, pending.count, pending.hearing, this.#full());
    return true;
  }

  #full(): Delivery {
    const reason = `${this.channel.name} has ${WAITING_MOST} messages waiting: the least severe are lost`;
    if (!this.#isFull) this.options.note(reason);
    this.#isFull = true;
    return { kind: "refused", code: "dropped", reason };
  }

  #lose(severity: Severity, count: number, hearing: Iterable<Hear | null>, delivery: Delivery): void {
    this.#lost += count;
    this.#untold[severity] += count;
    for (const hear of [...hearing]) hear?.(delivery);
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      this.#wake = new AbortController();
      const waitMs = this.#waitMs();
      if (waitMs === null && this.#isClosing) return;
      if (waitMs === 0) await this.#sendNext();
      else if (waitMs === null) await aborted(this.#wake.signal);
      else await this.options.timer.wait(waitMs, this.#wake.signal).catch(() => {});
    }
  }

  /** Until a message may go; null where none waits. */
  #waitMs(): number | null {
    const next = this.#next();
    if (next === null) return null;
    const nowMs = this.#now(), isAlarm = next.severity === "alarm";
    const dueMs = isAlarm || this.#isClosing ? 0 : next.sinceMs + this.options.windowMs;
    return Math.max(0, dueMs - nowMs, this.#notBeforeMs - nowMs, this.#turnMs(isAlarm, nowMs) - nowMs);
  }

  /** Alarms first; else what came first. */
  #next(): Pending | null {
    let next: Pending | null = null;
    for (const pending of this.#waiting.values()) {
      if (pending.severity === "alarm") return pending;
      next ??= pending;
    }
    return next;
  }

  /** When the rate lets a message go. */
  #turnMs(isAlarm: boolean, nowMs: number): number {
    const { messages, perMs } = this.channel.rate;
    this.#sentAtMs = this.#sentAtMs.filter((atMs) => atMs > nowMs - perMs);
    const most = isAlarm ? messages : Math.max(1, messages - 1), { length } = this.#sentAtMs;
    return length < most ? 0 : this.#sentAtMs[length - most]! + perMs;
  }

  /** The present. A clock that was set back makes nothing wait longer than it would have (fault 47). */
  #now(): number {
    const nowMs = this.options.clock.now(), backMs = this.#latestMs - nowMs;
    this.#latestMs = nowMs;
    if (backMs > 0) {
      this.#notBeforeMs -= backMs;
      this.#sentAtMs = this.#sentAtMs.map((atMs) => atMs - backMs);
      for (const pending of this.#waiting.values()) pending.sinceMs -= backMs;
    }
    return nowMs;
  }

  async #sendNext(): Promise<void> {
    const pending = this.#next()!, untold = { ...this.#untold };
    this.#waiting.delete(Pending.keyOf(pending.first));
    this.#current = pending;
    this.#sentAtMs.push(this.#now());
    const delivery = await this.#attempt(withLosses(pending.notice(), untold));
    if (this.#stop.signal.aborted) return;
    this.#current = null;
    if (delivery.kind === "done") {
      for (const severity of SEVERITIES) this.#untold[severity] -= untold[severity];
      return this.#arrived(pending);
    }
    this.#noteProblem(delivery);
    if (mayComeLater(delivery)) this.#putBack(pending, delivery);
    else this.#lose(pending.severity, pending.count, pending.hearing, delivery);
  }

  async #attempt(notice: Notice): Promise<Delivery> {
    const { timer } = this.options, { name, notifier } = this.channel, over = new AbortController();
    const late = timer.wait(SEND_MS, AbortSignal.any([over.signal, this.#stop.signal])).then(
      (): Delivery => ({ kind: "unknown", reason: `${name} did not end in ${SEND_MS / 1_000} s` }),
      (): Delivery => ({ kind: "unknown", reason: "" }),
    );
    try {
      return await Promise.race([notifier.send(notice), late]);
    } catch (error) {
      // A channel must not throw; what such an error says may hold anything.
      return { kind: "unknown", reason: `${name} failed with ${error instanceof Error ? error.name : "an error"}` };
    } finally {
      over.abort();
    }
  }

  #arrived(pending: Pending): void {
    if (this.#problem !== null) this.options.note(`${this.channel.name} delivers again`);
    this.#problem = null;
    this.#isFull = false;
    this.#failures = 0;
    this.#notBeforeMs = 0;
    this.#delivered++;
    for (const hear of [...pending.hearing]) hear({ kind: "done", value: null });
  }

  /** The channel rests; meanwhile what waits still gathers more of its kind. */
  #putBack(pending: Pending, { retryAfterMs = 0 }: Delivery): void {
    const key = Pending.keyOf(pending.first), later = this.#waiting.get(key), others = [...this.#waiting];
    if (later !== undefined) pending.join(later);
    this.#waiting.clear();
    this.#waiting.set(key, pending); // it came first
    for (const [own, other] of others) if (own !== key) this.#waiting.set(own, other);
    const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(this.#failures++, 20));
    this.#notBeforeMs = this.#now() + Math.max(pauseMs, Math.min(retryAfterMs, RETRY_AFTER_MOST_MS));
  }

  /** Says it once, until something arrives again. */
  #noteProblem(delivery: Delivery): void {
    const isFirst = this.#problem === null;
    this.#problem = deliveryText(delivery);
    if (!isFirst) return;
    const next = mayComeLater(delivery) ? "trying again" : "that notice is lost there, and it is not sent again";
    this.options.note(`${this.channel.name}: ${this.#problem}; ${next}`);
  }
}

/** The message with how many were lost before it. */
function withLosses(notice: Notice, lost: Readonly<Record<Severity, number>>): Notice {
  const counts = SEVERITIES.filter((severity) => lost[severity] > 0).map((severity) => `${lost[severity]} ${severity}`);
  if (counts.length === 0) return notice;
  return { ...notice, text: `${notice.text}\n\nNotices lost before this one: ${counts.join(", ")}`.trim() };
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
