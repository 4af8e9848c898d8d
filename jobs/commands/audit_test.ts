import assert from "node:assert/strict";
import { removeDataFolder } from "../../engine/testing/servers.ts";
import { programOn, swingingDays } from "../testing/program.ts";

Deno.test("months that leave the lake, and tasks that are taken back, are told to the audit chain", async () => {
  await Deno.mkdir("data", { recursive: true });
  const dataDir = await Deno.makeTempDir({ dir: "data", prefix: "audit_test_" }), program = programOn(dataDir);
  const json = async (...args: string[]) => {
    const { stdout, stderr } = await program(...args, "--json");
    assert.notEqual(stdout, "", stderr);
    return JSON.parse(stdout);
  };
  try {
    const rows = ["time,open,high,low,close,volume", ...swingingDays(70)];
    await Deno.writeTextFile(`${dataDir}/BTCUSDT_1d.csv`, rows.join("\n"));
    await json("candles", "import", `${dataDir}/BTCUSDT_1d.csv`, "--exchange", "test");
    const drop = ["candles", "retention", "--drop", "--symbol", "BTC/USDT"];
    assert.equal((await json(...drop)).months.length, 3);
    assert.deepEqual((await json("audit", "list")).rows, []);
    assert.equal((await json(...drop, "--apply")).removed.length, 3);

    const { id } = await json("tasks", "enqueue", "retention");
    assert.equal((await json("tasks", "cancel", id)).state, "cancelled");
    assert.notEqual((await json("tasks", "retry", id)).state, "cancelled");
    const retried = await program("tasks", "retry", id);
    assert.equal(retried.code, 1, retried.stdout);

    const told = (await json("audit", "list")).rows.map(({ action, subject, beforeHash, afterHash }: {
      action: string;
      subject: string;
      beforeHash: string | null;
      afterHash: string | null;
    }) => [action, subject, beforeHash !== null, afterHash !== null]);
    assert.deepEqual(told, [
      ["tasks.retry.failed", id, true, true],
      ["tasks.retry", id, true, true],
      ["tasks.retry", id, true, true],
      ["tasks.cancel", id, true, true],
      ["candles.retention", "3 months", true, false],
      ["settings.change", "settings", false, true],
    ]);
    assert.equal((await json("audit", "list", "--action", "tasks.retry")).rows.length, 2);
    assert.deepEqual((await json("audit", "verify")).faults, []);
    assert.match((await program("audit", "list", "--limit", "1")).stdout, /tasks\.retry\.failed +[0-9a-f-]{36}/);
  } finally {
    await removeDataFolder(dataDir);
  }
});
