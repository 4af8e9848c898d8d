import type { Outcome } from "../errors/mod.ts";

/** A lease as its holder sees it. */
export interface HeldLease {
  /** The fencing token: it grows with every holder. */
  readonly epoch: number;
  /** Until when it holds for sure, on the holder's monotonic clock. */
  readonly validUntilMs: number;
  /** True where nobody held it before, or whoever did gave it back: nothing of theirs can be on its way. */
  readonly isClean: boolean;
}

/** Who has it instead. */
export interface OtherHolder {
  readonly holder: string;
  readonly epoch: number;
}

/** The account's leadership: truth is one row in the database (docs/reliability.md, Leadership). */
export interface LeaseKeeper {
  acquire(ttlMs: number): Promise<Outcome<HeldLease | OtherHolder>>;
  /** `refused` with `lease-lost` when somebody else has it by now. */
  renew(lease: HeldLease, ttlMs: number): Promise<Outcome<HeldLease>>;
  release(lease: HeldLease): Promise<Outcome<void>>;
}

/** True of a lease that was given. */
export function isHeld(lease: HeldLease | OtherHolder): lease is HeldLease {
  return "validUntilMs" in lease;
}

/** The clocks by which a holder counts its lease. */
export interface LeaseClocks {
  /** Milliseconds that nobody can set back or forward. */
  readonly monotonic: () => number;
  /** Milliseconds of the machine's own clock, which goes on while the machine sleeps, as the one above does not on Linux. */
  readonly wallMs: () => number;
}

/** A lease with when it ends by the machine's own clock, so that a machine that wakes sends nothing before it has asked. */
export interface CountedLease {
  readonly held: HeldLease;
  readonly endsMs: number;
}

/** @param askedMs By the machine's own clock, right before it was asked for. */
export function countedLease(held: HeldLease, askedMs: number, ttlMs: number): CountedLease {
  return { held, endsMs: askedMs + ttlMs };
}

/** True while a lease holds for sure, by both clocks. */
export function isInForce({ held, endsMs }: CountedLease, { monotonic, wallMs }: LeaseClocks): boolean {
  return monotonic() < held.validUntilMs && wallMs() < endsMs;
}
