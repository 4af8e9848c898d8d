// One set of cases for both places in which a lake can lie; the bucket's is a real S3 server.
import assert from "node:assert/strict";
import { filesOfPlace, HOURS, hours, LAKE_CASES, type LakePlace } from "../testing/lake_cases.ts";
import { S3Server } from "../testing/s3_server.ts";
import { inTemporaryFolder } from "../testing/temporary_folder.ts";
import { BucketLease } from "./bucket_lease.ts";
import { FolderStorage } from "./folder_storage.ts";
import { Lake, storeCandles } from "./mod.ts";
import { sha256OfBytes } from "./storage.ts";

const ORIGIN = { provider: "test", how: "fetch" } as const;
const MONTH = "candles/exchange=test/symbol=BTC%2FUSDT/timeframe=1h/month=2024-02.parquet";

function inFolder(work: (place: LakePlace) => Promise<void>): Promise<void> {
  return inTemporaryFolder((root) =>
    work({ storage: new FolderStorage(root), write: (path, bytes) => Deno.writeFile(path, bytes) })
  );
}

function bucketPlace(server: S3Server, folder: string): LakePlace {
  const write = async (path: string, bytes: Uint8Array) => {
    assert.ok(await server.bucket().put(path, bytes, await sha256OfBytes(bytes)));
  };
  return { storage: server.storage(folder), write };
}

for (const [title, run] of Object.entries(LAKE_CASES)) {
  Deno.test(`${title} (folder)`, () => inFolder(run));
}

// One server for all cases, each in a folder of its own: it takes seconds to start.
Deno.test("a lake in a bucket does what one in a folder does", (context) =>
  S3Server.with(async (server) => {
    let count = 0;
    for (const [title, run] of Object.entries(LAKE_CASES)) {
      assert.ok(await context.step(`${title} (bucket)`, () => run(bucketPlace(server, `case-${++count}`))));
    }

    await context.step("its layout and its bytes are those of a folder, at the bucket's root too", async () => {
      await inFolder(async (folder) => {
        const places = [folder.storage, server.storage("same"), server.storage("")];
        for (const storage of places) await storeCandles(storage, hours(-12, 12), ORIGIN);
        const [own, bucket, root] = await Promise.all(places.map((storage) => filesOfPlace(storage)));
        assert.equal(Object.keys(own!).length, 4);
        assert.deepEqual(bucket, own);
        for (const [path, digest] of Object.entries(own!)) assert.equal(root![path], digest);
      });
    });

    await context.step("the lease of a writer that died is taken over, one that is renewed is not", async () => {
      const storage = server.storage("lease"), path = `${storage.root}/${MONTH}`;
      const dead = new TextEncoder().encode("dead\n");
      const lease = `${storage.root}/${MONTH.replace(/month=.*$/, ".$&")}.lease`;
      await server.bucket().put(lease, dead, await sha256OfBytes(dead));
      const { added } = await storeCandles(storage, hours(0, 5), ORIGIN);
      assert.equal(added, 5);
      assert.equal(await server.bucket().get(lease), null, "it is given back");
      const living = new BucketLease(server.bucket(), 600);
      await living.take([path]);
      let done = false;
      const waiting = storeCandles(storage, hours(5, 9), ORIGIN).then(() => done = true);
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      assert.equal(done, false);
      await living.giveBack();
      await waiting;
    });

    await context.step("a writer that slept through its lease undoes nobody's work", async () => {
      const slow = server.storage("slow"), quick = server.storage("slow"), path = `${slow.root}/${MONTH}`;
      await slow.read(path);
      const staged = await slow.stage(path);
      await Deno.writeTextFile(staged.path, "late");
      await storeCandles(quick, hours(0, 5), ORIGIN);
      await assert.rejects(staged.commit(), { code: "lease-lost" });
      const lake = new Lake(quick);
      assert.equal((await lake.candles(HOURS)).length, 5);
      await lake.close();
      await staged.discard();
    });

    await context.step("SQL reaches the lake's own objects only, and no key is shown", async () => {
      const storage = server.storage("one"), other = server.storage("other");
      for (const place of [storage, other]) await storeCandles(place, hours(0, 5), ORIGIN);
      const lake = new Lake(storage);
      await assert.rejects(lake.sql(`select * from read_parquet('${other.root}/${MONTH}')`), { code: "sql" });
      const shown = JSON.stringify((await lake.sql("select * from duckdb_secrets()")).toArray().map(String));
      assert.doesNotMatch(shown, /swordfish/);
      await lake.close();
    });
  }));
