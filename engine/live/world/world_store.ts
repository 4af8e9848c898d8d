import type { Outcome } from "../../errors/mod.ts";
import { type ClientOrderId, MemoryJournalStore, MemoryOrderJournal } from "../../orders/mod.ts";
import type { HeldLease, LeaseKeeper, OtherHolder } from "../session_lease.ts";
import { EARLIER_INPUTS, gapIn, type SavedSession, type SessionBatch, type SessionStore } from "../session_store.ts";
import type { WorldClock } from "./world_clock.ts";
import type { WorldProcess } from "./world_process.ts";

/** How the database misbehaves. Shares of its calls; each line to it draws on its own. */
export interface StoreFaults {
  /** Drawn anew for each call: uniform in [0, 1). */
  readonly draw: () => number;
  readonly lostRequest: () => number;
  readonly lostAnswer: () => number;
  /** Carried out long after it was given up. */
  readonly slow: () => number;
  readonly count: (fault: "F64" | "F65" | "F67" | "F68") => void;
}

const TIMEOUT_MS = 1_500, SLOWEST_MS = 12, LONGEST_MS = 5_000;
/** What it says when it cannot write any more. */
export const DISK_FULL = "could not extend file: No space left on device";

/** How far the store had come at a moment. */
interface Mark {
  readonly timeMs: number;
  readonly events: number;
  readonly inputs: number;
  readonly snapshot: SavedSession["snapshot"];
}

const NOTHING: Mark = { timeMs: 0, events: 0, inputs: 0, snapshot: null };

/** What outlives every process: the journal, the inputs of the session, the lease. */
export class WorldStore {
  journal = new MemoryJournalStore();
  /** Orders that it has lost. */
  readonly lost = new Set<string>();
  readonly #marks: Mark[] = [];
  /** Each lease that was given. */
  readonly #leases: { readonly timeMs: number; readonly epoch: number; readonly ttlMs: number }[] = [];
  readonly inputs: string[] = [];
  snapshot: SavedSession["snapshot"] = null;
  /** True while nobody reaches it. */
  isAway = false;
  /** True while nothing can be written (fault 68). */
  isFull = false;
  /** Hears of each batch once it is durable. */
  committed: (batch: SessionBatch) => void = () => {};
  #lease = { epoch: 0, holder: "", expiresAtMs: -Infinity, isReleased: true };

  constructor(readonly clock: WorldClock) {}

  get epoch(): number {
    return this.#lease.epoch;
  }

  /** When the lease ends that was given last. */
  get leaseEndsMs(): number {
    return this.#lease.expiresAtMs;
  }

  acquire(holder: string, ttlMs: number): { epoch: number; isClean: boolean } | OtherHolder {
    const lease = this.#lease, nowMs = this.clock.now();
    if (lease.expiresAtMs > nowMs) return { holder: lease.holder, epoch: lease.epoch };
    const { isReleased } = lease;
    this.#lease = { epoch: lease.epoch + 1, holder, expiresAtMs: nowMs + ttlMs, isReleased: false };
    this.#leases.push({ timeMs: nowMs, epoch: this.#lease.epoch, ttlMs });
    return { epoch: this.#lease.epoch, isClean: isReleased };
  }

  renew(epoch: number, ttlMs: number): boolean {
    if (this.#lease.epoch !== epoch) return false;
    this.#lease.expiresAtMs = this.clock.now() + ttlMs;
    return true;
  }

  release(epoch: number): void {
    if (this.#lease.epoch === epoch) this.#lease = { ...this.#lease, expiresAtMs: -Infinity, isReleased: true };
  }

  /** Takes a batch in, whole. */
  commit(epoch: number, batch: SessionBatch): Outcome<void> {
    if (epoch !== this.#lease.epoch) {
      return {
        kind: "refused",
        code: "lease-lost",
        reason: `epoch ${epoch} is over, epoch ${this.#lease.epoch} leads`,
      };
    }
    if (batch.first + batch.inputs.length <= this.inputs.length) return done(undefined);
    if (batch.first !== this.inputs.length) return gapIn(this.inputs.length, batch);
    this.journal.epoch = epoch;
    const journal = new MemoryOrderJournal(this.journal, epoch);
    for (const order of batch.intents) journal.record(order);
    // Fills first: the end of an order may come in the same turn.
    for (const fill of batch.fills) journal.fill(fill);
    for (const step of batch.steps) journal.step(step);
    for (const adjustment of batch.adjustments) journal.adjust(adjustment);
    this.inputs.push(...batch.inputs);
    if (batch.snapshot !== null) this.snapshot = { after: this.inputs.length, state: batch.snapshot };
    this.#marks.push({
      timeMs: this.clock.now(),
      events: this.journal.events.length,
      inputs: this.inputs.length,
      snapshot: this.snapshot,
    });
    this.committed(batch);
    return done(undefined);
  }

  known(names: readonly string[]): ReadonlySet<string> {
    return new Set(names.filter((name) => this.journal.kept.orders.has(name as ClientOrderId)));
  }

  /**
   * A copy that lagged takes over: what was committed after a moment is gone (fault 66), leases included. True where
   * that is anything.
   */
  rewind(toMs: number): boolean {
    const at = this.#marks.findLastIndex(({ timeMs }) => timeMs <= toMs), mark = this.#marks[at] ?? NOTHING;
    if (at === this.#marks.length - 1) return false;
    this.#marks.length = at + 1;
    while ((this.#leases.at(-1)?.timeMs ?? 0) > toMs) this.#leases.pop();
    const { epoch, ttlMs } = this.#leases.at(-1) ?? { epoch: 0, ttlMs: 0 };
    if (epoch !== this.#lease.epoch) this.#lease = { epoch, holder: "", expiresAtMs: toMs + ttlMs, isReleased: false };
    const before = this.journal.kept.orders;
    this.journal = new MemoryJournalStore(this.journal.events.slice(0, mark.events));
    this.inputs.length = mark.inputs;
    this.snapshot = mark.snapshot;
    for (const name of before.keys()) if (!this.journal.kept.orders.has(name)) this.lost.add(name);
    return true;
  }

  load(): SavedSession {
    const after = this.snapshot?.after ?? 0;
    const earlier = this.inputs.slice(Math.max(0, after - EARLIER_INPUTS), after);
    return { snapshot: this.snapshot, inputs: this.inputs.slice(after), earlier };
  }
}

/** A process's line to the store, which may be slow, break, and lose what it carries in both directions. */
export class StoreLine implements LeaseKeeper {
  /** True while this process alone does not reach it. */
  isCut = false;

  constructor(readonly store: WorldStore, readonly process: WorldProcess, readonly faults: StoreFaults) {}

  storeOf(epoch: number): SessionStore {
    return {
      commit: (batch) => this.#call(() => this.store.commit(epoch, batch)),
      load: () => this.#call(() => done(this.store.load()), false),
      known: (names) => this.#call(() => done(this.store.known(names)), false),
    };
  }

  acquire(ttlMs: number): Promise<Outcome<HeldLease | OtherHolder>> {
    const askedMs = this.process.monotonic();
    return this.#call<HeldLease | OtherHolder>(() => {
      const taken = this.store.acquire(this.process.name, ttlMs);
      return done("holder" in taken ? taken : { ...taken, validUntilMs: askedMs + ttlMs });
    });
  }

  renew(lease: HeldLease, ttlMs: number): Promise<Outcome<HeldLease>> {
    const askedMs = this.process.monotonic();
    return this.#call<HeldLease>(() =>
      this.store.renew(lease.epoch, ttlMs)
        ? done({ ...lease, validUntilMs: askedMs + ttlMs })
        : { kind: "refused", code: "lease-lost", reason: `epoch ${lease.epoch} is over` }
    );
  }

  release(lease: HeldLease): Promise<Outcome<void>> {
    return this.#call(() => done(this.store.release(lease.epoch)));
  }

  #call<T>(work: () => Outcome<T>, writes = true): Promise<Outcome<T>> {
    const { process, faults, store } = this, delay = () => 0.5 + faults.draw() * SLOWEST_MS;
    const isSlow = faults.draw() < faults.slow();
    const isRequestLost = faults.draw() < faults.lostRequest(), isAnswerLost = faults.draw() < faults.lostAnswer();
    return new Promise((resolve, reject) => {
      if (isRequestLost || store.isAway || this.isCut) {
        faults.count("F64");
        process.after(delay(), () => resolve({ kind: "notSent", reason: "the database does not answer" }));
        return;
      }
      const thereMs = isSlow ? TIMEOUT_MS + faults.draw() * (LONGEST_MS - TIMEOUT_MS) : delay(), backMs = delay();
      if (isSlow) faults.count("F67");
      // It goes on its way whatever becomes of the process that sent it.
      process.world.after(thereMs, () => {
        if (store.isAway) return;
        if (writes && store.isFull) {
          faults.count("F68");
          process.world.after(backMs, () => process.deliver(() => reject(new Error(DISK_FULL))));
          return;
        }
        const outcome = work();
        if (isAnswerLost || this.isCut) faults.count("F65");
        else process.world.after(backMs, () => process.deliver(() => resolve(outcome)));
      });
      process.after(TIMEOUT_MS, () => resolve({ kind: "unknown", reason: "the database has not answered in time" }));
    });
  }
}

function done<T>(value: T): Outcome<T> {
  return { kind: "done", value };
}
