import assert from "node:assert/strict";
import { CodedError } from "../../errors/mod.ts";
import type { OrderRequest } from "../../exchanges/mod.ts";
import { held, HELD_CONFIG } from "../../testing/held_position.ts";
import { inTemporaryFolder } from "../../testing/temporary_folder.ts";
import type { TimestampMs } from "../../time/mod.ts";
import { DEFAULT_TIMING } from "../../trader/mod.ts";
import { SystemScheduler } from "../system_scheduler.ts";
import { guardedPositions } from "./guarded_position.ts";
import { SpoolFile } from "./spool_file.ts";
import { Watchdog } from "./watchdog.ts";

Deno.test("a watchdog that cannot follow its session any more tells so once, and closes what it had approved before", () =>
  inTemporaryFolder(async (folder) => {
    const { trader } = held(), real = new SystemScheduler(), nowMs = real.now(), stop = new AbortController();
    trader.state.epoch = 1;
    trader.state.nowMs = nowMs;
    const spool = await SpoolFile.open(folder, "main-1"), told: string[] = [], sold: string[] = [];
    await spool.append({
      ...{ kind: "approved", positions: guardedPositions(trader, 2, nowMs), epoch: 2, version: trader.state.version },
      ...{ atMs: nowMs, untilMs: nowMs + 60_000 as TimestampMs },
    });
    const done = <T>(value: T) => Promise.resolve({ kind: "done" as const, value });
    const left = () => sold.length === 0 ? "5" : "0";
    const lost = new CodedError("session-differs", "another strategy");
    const watchdog = new Watchdog({
      ...{
        config: HELD_CONFIG,
        spool,
        scheduler: real,
        real,
        monotonic: () => performance.now(),
        wallMs: () => performance.now(),
        barMs: 60_000,
      },
      replica: {
        trader: null,
        look: () => Promise.resolve({ isLed: false, holder: "", epoch: 1, hasEnded: false, known: new Set(), lost }),
      } as never,
      lock: { letGo: () => {} } as never,
      lease: () =>
        Promise.resolve({
          acquire: () => done({ epoch: 4, validUntilMs: performance.now() + 60_000, isClean: true }),
          renew: (lease: never) => done(lease),
          release: () => done(undefined),
        }),
      storeOf: () => assert.fail("what became of its orders is not for a session that it cannot follow"),
      exchange: {
        openOrders: () => done([]),
        order: () => Promise.resolve({ kind: "refused", code: "order-not-found", reason: "" }),
        balances: () => done([{ asset: "BTC", free: left(), used: "0", total: left() }]),
        submit: ({ quantity }: OrderRequest) => {
          sold.push(quantity);
          return done({ status: "filled", filled: quantity });
        },
      } as never,
      ...{ kill: () => ({ reason: "a person", flatten: true, atMs: 1 }), maySell: () => true },
      ...{ terms: { flattenMs: 0, nakedMs: 60_000 }, requestsEndMs: DEFAULT_TIMING.requestExpiryMs },
      ...{ say: () => {}, tell: (_severity, kind) => void told.push(kind), report: () => {} },
    });
    const ran = watchdog.run(stop.signal);
    for (let looks = 0; spool.state.closing.size > 0 || sold.length === 0; looks++) {
      assert.ok(looks < 500, "nothing is closed");
      await Promise.race([ran, new Promise((resolve) => setTimeout(resolve, 20))]);
    }
    stop.abort();
    assert.equal(await ran, "stopped");
    spool.close();
    assert.deepEqual([sold, told], [["5"], ["watchdog-lost", "watchdog-closes"]]);
  }));
