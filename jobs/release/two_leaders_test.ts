// A part of what deno task release two-leaders tries 10,000 times: as many as a minute has room for beside all other tests.
import assert from "node:assert/strict";
import { commitHash } from "./repository.ts";
import { twoLeaderSchedule } from "./two_leader_schedule.ts";
import { withTwoConnections } from "./two_leaders.ts";

const SCHEDULES = 120;

Deno.test("of two processes that trade one account none sends after the next one has, whatever holds them up", () =>
  withTwoConnections(async (databases) => {
    const from = Number.parseInt((await commitHash()).slice(0, 6), 16) || 1;
    let orders = 0, takeovers = 0;
    for (let seed = from; seed < from + SCHEDULES; seed++) {
      const { violations, failure, ...own } = await twoLeaderSchedule(databases, seed, "test");
      assert.deepEqual({ violations, failure }, { violations: [], failure: null }, `seed ${seed}`);
      orders += own.orders;
      takeovers += own.epochs > 1 ? 1 : 0;
    }
    assert.ok(orders > SCHEDULES && takeovers > SCHEDULES / 20, `${orders} orders, ${takeovers} takeovers`);
  }));
