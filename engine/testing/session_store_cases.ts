// Test support only: what every durable memory of a session must keep to, whatever it is made of.
import assert from "node:assert/strict";
import type { Outcome } from "../errors/mod.ts";
import { type HeldLease, isHeld, type LeaseKeeper } from "../live/session_lease.ts";
import type { SessionBatch, SessionStore } from "../live/session_store.ts";
import { fillOf, intent } from "./journal_suite.ts";

/** A place where sessions are kept, as the processes that lead them reach it. */
export interface SessionHome {
  /** A process's way to the lease, under a name of its own. */
  keeper(holder: string): LeaseKeeper;
  storeOf(holder: string, epoch: number): SessionStore;
  /** Lets the lease of whoever holds it run out. */
  expire(): Promise<void>;
}

/** The value of a call that must have gone well. */
export function value<T>(outcome: Outcome<T>): T {
  assert.equal(outcome.kind, "done", JSON.stringify(outcome));
  return (outcome as { value: T }).value;
}

function batch(stated: Partial<SessionBatch>): SessionBatch {
  return { first: 0, inputs: [], intents: [], steps: [], fills: [], adjustments: [], snapshot: null, ...stated };
}

async function lead(home: SessionHome, holder: string): Promise<{ lease: HeldLease; store: SessionStore }> {
  const lease = value(await home.keeper(holder).acquire(60_000));
  assert.ok(isHeld(lease), `${holder} was not given the lease`);
  return { lease, store: home.storeOf(holder, lease.epoch) };
}

/** Case names, each with what has to hold. */
export const SESSION_STORE_CASES: Readonly<Record<string, (home: SessionHome) => Promise<void>>> = {
  async "what was committed is read by a successor, in its order"(home) {
    const { store } = await lead(home, "a"), order = intent(1);
    value(await store.commit(batch({ inputs: ["one", "two"], intents: [order] })));
    value(await store.commit(batch({ first: 2, inputs: ["three"], fills: [fillOf(order, "7")] })));
    await home.expire();
    const after = await lead(home, "b");
    assert.equal(after.lease.isClean, false, "the one before may have sent something");
    assert.deepEqual(value(await after.store.load()), {
      ...{ snapshot: null, inputs: ["one", "two", "three"], earlier: [] },
    });
  },
  async "a batch that is committed again, as its answer was lost, changes nothing"(home) {
    const { store } = await lead(home, "a"), first = batch({ inputs: ["one"], intents: [intent(1)] });
    for (let i = 0; i < 3; i++) value(await store.commit(first));
    assert.deepEqual(value(await store.load()).inputs, ["one"]);
  },
  async "it knows the orders that it was given, and no others"(home) {
    const { store } = await lead(home, "a"), order = intent(1);
    value(await store.commit(batch({ inputs: ["one"], intents: [order] })));
    assert.deepEqual(value(await store.known(["nobody's", order.clientOrderId])), new Set([order.clientOrderId]));
    assert.deepEqual(value(await store.known([])), new Set());
  },
  async "a gap in the inputs is no batch of this session"(home) {
    const { store } = await lead(home, "a");
    const answer = await store.commit(batch({ first: 1, inputs: ["two"] }));
    assert.ok(answer.kind === "refused" && answer.code === "session-lost", JSON.stringify(answer));
    assert.deepEqual(value(await store.load()).inputs, []);
  },
  async "who has lost the lease writes nothing, not even what was decided before (I7)"(home) {
    const old = await lead(home, "a");
    value(await old.store.commit(batch({ inputs: ["one"] })));
    await home.expire();
    const after = await lead(home, "b");
    assert.ok(after.lease.epoch > old.lease.epoch);
    const late = await old.store.commit(batch({ first: 1, inputs: ["late"], intents: [intent(1)] }));
    assert.equal(late.kind, "refused");
    assert.equal((await home.keeper("a").renew(old.lease, 60_000)).kind, "refused");
    assert.deepEqual(value(await after.store.load()).inputs, ["one"]);
  },
  async "a lease that is held is given to nobody else, and one that was given back leaves nothing on its way"(home) {
    const { lease } = await lead(home, "a");
    const other = value(await home.keeper("b").acquire(60_000));
    assert.ok(!isHeld(other));
    assert.equal(other.holder, "a");
    value(await home.keeper("a").release(lease));
    assert.equal((await lead(home, "b")).lease.isClean, true);
  },
  async "a successor begins at the newest state"(home) {
    const { store } = await lead(home, "a");
    value(await store.commit(batch({ inputs: ["one", "two"], snapshot: "state after two" })));
    value(await store.commit(batch({ first: 2, inputs: ["three"] })));
    value(await store.commit(batch({ first: 3, inputs: ["four"], snapshot: "state after four" })));
    value(await store.commit(batch({ first: 4, inputs: ["five"] })));
    assert.deepEqual(value(await store.load()), {
      snapshot: { after: 4, state: "state after four" },
      inputs: ["five"],
      earlier: ["one", "two", "three", "four"],
    });
  },
};
