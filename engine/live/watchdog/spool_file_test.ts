import assert from "node:assert/strict";
import { isCodedError } from "../../errors/mod.ts";
import { guardOrderId } from "../../orders/mod.ts";
import { intent } from "../../testing/journal_suite.ts";
import { inTemporaryFolder } from "../../testing/temporary_folder.ts";
import type { TimestampMs } from "../../time/mod.ts";
import { spooledOrders, SpoolFile } from "./spool_file.ts";

const AT_MS = 1_000 as TimestampMs;
const order = (n: number) => intent(n, { clientOrderId: guardOrderId("s12", 0, AT_MS, n), slot: "close" });
const APPROVED = { kind: "approved", positions: [], epoch: 2, version: 0, atMs: AT_MS, untilMs: AT_MS } as const;

Deno.test("a spool goes on behind the last whole line, whatever was being written when its process died", () =>
  inTemporaryFolder(async (folder) => {
    const first = await SpoolFile.open(`${folder}/watchdog`, "main-1");
    await Promise.all([first.record(order(0)), first.record(order(1))]);
    first.close();
    await Deno.writeTextFile(first.path, `0123456789abcdef {"kind":"${"x".repeat(2_000)}`, { append: true });
    const second = await SpoolFile.open(`${folder}/watchdog`, "main-1");
    assert.deepEqual([...second.state.orders.keys()], [order(0).clientOrderId, order(1).clientOrderId]);
    await second.append({ kind: "adopted", names: [order(0).clientOrderId] });
    second.close();
    const told = await spooledOrders(`${folder}/watchdog`, "main-1");
    assert.deepEqual(told.map((own) => own.order), [order(1)]);
    assert.deepEqual(await spooledOrders(`${folder}/watchdog`, "other"), []);
  }));

Deno.test("one process at a time has a session's spool, and one that is damaged opens for nobody", () =>
  inTemporaryFolder(async (folder) => {
    const first = await SpoolFile.open(folder, "main-1");
    await first.append(APPROVED);
    await assert.rejects(
      SpoolFile.open(folder, "main-1"),
      (error) => isCodedError(error) && error.code === "watchdog-runs",
    );
    (await SpoolFile.open(folder, "main-2")).close();
    first.close();
    await Deno.writeTextFile(first.path, (await Deno.readTextFile(first.path)).replace('"epoch":2', '"epoch":3'));
    await assert.rejects(
      SpoolFile.open(folder, "main-1"),
      (error) => isCodedError(error) && error.code === "watchdog-spool",
    );
    await assert.rejects(
      spooledOrders(folder, "main-1"),
      (error) => isCodedError(error) && error.code === "watchdog-spool",
    );
  }));

Deno.test("a spool that has grown is written anew, but never while something of it waits for the journal", () =>
  inTemporaryFolder(async (folder) => {
    const spool = await SpoolFile.open(folder, "main-1"), size = async () => (await Deno.stat(spool.path)).size;
    await spool.record(order(0));
    while (await size() < 300_000) await spool.append(APPROVED);
    assert.equal(spool.state.orders.size, 1);
    await spool.append({ kind: "adopted", names: [order(0).clientOrderId] });
    assert.ok(await size() > 300_000, "the approved positions do not count it yet");
    await spool.append(APPROVED);
    assert.ok(await size() < 1_000);
    await spool.record(order(1));
    spool.close();
    assert.deepEqual((await spooledOrders(folder, "main-1")).map((own) => own.order), [order(1)]);
    assert.deepEqual((await SpoolFile.open(folder, "main-1")).state.approved, APPROVED);
  }));
