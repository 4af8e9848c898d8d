import assert from "node:assert/strict";
import { filesBelow, inTemporaryFolder } from "../testing/temporary_folder.ts";
import { openDatabase } from "./duckdb.ts";
import { FolderStorage } from "./folder_storage.ts";
import { readSidecar, settlePartition, type Sidecar, writePartition } from "./partition.ts";

const QUALITY = {
  gaps: 0,
  missing: 0,
  longestGap: 0,
  duplicates: 0,
  outOfOrder: 0,
  inconsistent: 0,
  zeroVolume: 0,
  outliers: 0,
};
const facts = (rows: number): Omit<Sidecar, "sha256"> => ({
  rows,
  firstOpenMs: 0,
  lastOpenMs: (rows - 1) * 60_000,
  provenance: [],
  quality: QUALITY,
});

/** Writes a month of `rows` candles; dies after the step of that name. */
async function write(root: string, rows: number, dieAfter?: string): Promise<void> {
  const database = await openDatabase([root], 1);
  const select = `select make_timestamp(i * 60000000) as open_time, 1.0 + i as open, 2.0 + i as high, 0.5 + i as low,
    1.5 + i as close, 1.0 as volume from range(${rows}) t(i) order by open_time`;
  try {
    await writePartition(new FolderStorage(root), database, path(root), select, facts(rows), (step) => {
      if (step === dieAfter) throw new Error("killed");
    });
  } catch (error) {
    if ((error as Error).message !== "killed") throw error;
  } finally {
    database.close();
  }
}
const path = (root: string) => `${root}/candles/month=1970-01.parquet`;

async function rowsOf(root: string): Promise<number | null> {
  const sidecar = await readSidecar(new FolderStorage(root), path(root));
  if (sidecar === null) return null;
  const database = await openDatabase([root], 1);
  const reader = await database.connection.runAndReadAll(`select count(*)::double from read_parquet('${path(root)}')`);
  database.close();
  assert.equal(reader.getRows()[0]![0], sidecar.rows, "the sidecar tells of the file that is there");
  return sidecar.rows;
}

const STEPS = ["parquet written", "sidecar pending", "parquet renamed", "sidecar renamed"];

Deno.test("a month whose writer was killed after any step is the old one or the new one, whole, and the next write ends as if nothing had been (4 steps)", async () => {
  const undisturbed = await inTemporaryFolder(async (root) => {
    await write(root, 5);
    await write(root, 8);
    return await filesBelow(root);
  });
  for (const [i, step] of STEPS.entries()) {
    await inTemporaryFolder(async (root) => {
      await write(root, 5);
      await write(root, 8, step);
      const before = await filesBelow(root);
      assert.equal(await rowsOf(root), i < 2 ? 5 : 8, step);
      assert.deepEqual(await filesBelow(root), before, `${step}: a reader changes nothing`);
      await write(root, 8);
      assert.deepEqual(await filesBelow(root), undisturbed, step);
    });
  }
});

Deno.test("a first month whose writer was killed is not there, or there whole, and what was left over is cleared away", async () => {
  for (const [i, step] of STEPS.entries()) {
    await inTemporaryFolder(async (root) => {
      await write(root, 5, step);
      assert.equal(await rowsOf(root), i < 2 ? null : 5, step);
      await settlePartition(new FolderStorage(root), path(root));
      const left = Object.keys(await filesBelow(root)).map((file) => file.replace(/^.*month=1970-01/, ""));
      assert.deepEqual(left.sort(), i < 2 ? [] : [".json", ".parquet"], step);
    });
  }
});

Deno.test("a month without its sidecar is damaged, and the message says how to mend it", () =>
  inTemporaryFolder(async (root) => {
    await write(root, 5);
    await Deno.remove(path(root).replace(/parquet$/, "json"));
    await assert.rejects(
      readSidecar(new FolderStorage(root), path(root)),
      /has no sidecar: set it aside with candles check --quarantine, and import or fetch it again/,
    );
  }));
