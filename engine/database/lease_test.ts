// I7 and fault 55: two leaders, however their pauses fall.
import assert from "node:assert/strict";
import { testOnDatabases } from "../testing/servers.ts";
import {
  acquireLease,
  isHeld,
  type Lease,
  LeaseLost,
  readLease,
  releaseLease,
  renewLease,
  underLease,
} from "./lease.ts";
import { inTransaction } from "./transaction.ts";

testOnDatabases("a lease has one holder, and its epoch fences the others off", async ({ sql }, { context }) => {
  const acquire = (name: string, holder: string, ttlMs = 60_000) =>
    inTransaction(sql, (tx) => acquireLease(tx, { name, holder, ttlMs }));
  const held = async (...args: Parameters<typeof acquire>): Promise<Lease> => {
    const lease = await acquire(...args);
    assert(isHeld(lease));
    return lease;
  };

  await context.step("the second is told who has it", async () => {
    assert.equal((await held("a", "one")).epoch, 1);
    const taken = await acquire("a", "two");
    assert(!isHeld(taken) && taken.holder === "one" && taken.epoch === 1);
    assert(taken.expiresAtMs > Date.now());
  });

  await context.step("of many who ask at once, one gets it", async () => {
    const asked = await Promise.all(Array.from({ length: 8 }, (_, i) => acquire("b", `holder ${i}`)));
    assert.equal(asked.filter(isHeld).length, 1);
  });

  await context.step("each holder has the next epoch, after release and after expiry", async () => {
    const first = await held("c", "one");
    await inTransaction(sql, (tx) => releaseLease(tx, first));
    const second = await held("c", "two", 0);
    assert.deepEqual([second.epoch, (await held("c", "three")).epoch], [2, 3]);
    await assert.rejects(inTransaction(sql, (tx) => renewLease(tx, second, 1_000)), LeaseLost);
    await inTransaction(sql, (tx) => releaseLease(tx, second)); // a late release does not free the new holder's
    assert(!isHeld(await acquire("c", "four")));
    const given = await held("given", "one");
    await inTransaction(sql, (tx) => releaseLease(tx, given));
    // Whoever asked a moment before reads a lease that has no end.
    assert.deepEqual(await readLease(sql, "given"), { epoch: 1, holder: "one", expiresAtMs: 0 });
  });

  await context.step("it is renewed by its holder, also after it ran out while nobody took it", async () => {
    const lease = await held("d", "one", 0);
    const renewed = await inTransaction(sql, (tx) => renewLease(tx, lease, 60_000));
    assert(renewed.validUntilMs > lease.validUntilMs && renewed.epoch === 1);
    assert(!isHeld(await acquire("d", "two")));
  });

  await context.step("its validity counts from before it was asked for, on a monotonic clock", async () => {
    let nowMs = 1_000;
    const lease = await inTransaction(
      sql,
      (tx) => acquireLease(tx, { name: "e", holder: "one", ttlMs: 500 }, () => (nowMs += 10) - 10),
    );
    assert(isHeld(lease) && lease.validUntilMs === 1_500);
  });

  await context.step(
    "what is written under the lease keeps the next leader waiting until it is committed",
    async () => {
      await sql`create table written (epoch bigint)`;
      const old = await held("f", "one", 0);
      let next: Promise<Lease> | undefined, isTaken = false;
      await inTransaction(sql, async (tx) => {
        await underLease(tx, old);
        next = held("f", "two").then((lease) => {
          isTaken = true;
          return lease;
        });
        await tx`select pg_sleep(0.2)`;
        assert.equal(isTaken, false);
        await tx`insert into written values (${old.epoch})`;
      });
      assert.equal((await next!).epoch, 2);
      const late = inTransaction(sql, async (tx) => {
        await underLease(tx, old);
        await tx`insert into written values (${old.epoch})`;
      });
      await assert.rejects(late, (error) => error instanceof LeaseLost && error.current === 2);
      assert.equal((await sql`select * from written`).length, 1);
    },
  );
});
