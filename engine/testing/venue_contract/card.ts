import assert from "node:assert/strict";
import type { FaultName } from "../../exchanges/loopback/fault.ts";
import type { FaultPlan, LoopbackExchangeOptions } from "../../exchanges/mod.ts";
import type { Speaker, Talk } from "./talk.ts";

/** One promise of the venue contract, named by the number of its fault in docs/reliability.md. */
export interface Card {
  /** As in `B24`, or `A12 replace` where a fault has several. */
  readonly id: string;
  readonly title: string;
  readonly options: Partial<LoopbackExchangeOptions>;
  steps(talk: Talk): Promise<void>;
}

export function card(
  id: string,
  title: string,
  steps: Card["steps"],
  options: Partial<LoopbackExchangeOptions> = {},
): Card {
  return { id, title, options, steps };
}

/** Why a card does not apply to a dialect; null where it does. */
export function reasonAgainst({ id }: Card, { lacks }: Speaker): string | null {
  return lacks[id] ?? null;
}

/** Lets one fault happen at the first occasion. */
export function strike({ desk }: Talk, at: NonNullable<FaultPlan["scripted"]>[number]["at"], fault: FaultName): void {
  desk.exchange.faults.plan({ scripted: [{ at, n: 1, fault }] });
}

/** Asserts that a fault has happened so often since the exchange began. */
export function fired({ desk }: Talk, fault: FaultName, times = 1): void {
  assert.equal(desk.exchange.faults.fired.get(fault) ?? 0, times, `"${fault}" fired`);
}

/** What comes within five seconds. */
export async function within<Answer>(answer: Promise<Answer>, ms = 5_000): Promise<Answer> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => timer = setTimeout(() => reject(new Error("nothing came")), ms));
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits until something holds, for ten seconds: the machine may be busy. */
export async function until(holds: () => boolean): Promise<void> {
  const endMs = performance.now() + 10_000;
  while (!holds()) {
    assert.ok(performance.now() < endMs, "it has not come to hold in ten seconds");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
