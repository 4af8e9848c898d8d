import assert from "node:assert/strict";
import { sha256Hex } from "../identity/mod.ts";
import { testOnDatabases } from "../testing/servers.ts";
import { DAY_MS, SimulatedClock, type TimestampMs } from "../time/mod.ts";
import { type AuditSignature, readSignatures, signaturesOf, signerName } from "./audit_signatures.ts";
import { AuditLog } from "./mod.ts";

const START_MS = Date.UTC(2026, 10, 27, 23, 59) as TimestampMs;
const ACT = { actor: "here", mode: "live", action: "mode.set", subject: "main", beforeHash: null, afterHash: null };

testOnDatabases(
  "the head of the audit chain is signed once a day, and each change of a signature is found",
  async ({ sql }) => {
    const folder = await Deno.makeTempDir({ prefix: "signatures_test_" });
    try {
      const clock = new SimulatedClock(START_MS), log = new AuditLog(sql, `${folder}/anchors.jsonl`, clock);
      assert.equal(await log.sign(), false, "there is nothing to sign");
      for (let day = 0; day < 3; day++) {
        await log.append(ACT);
        assert.deepEqual([await log.sign(), await log.sign()], [true, false]);
        await log.append(ACT);
        clock.advanceTo((START_MS + (day + 1) * DAY_MS) as TimestampMs);
      }
      const all = await readSignatures(log.anchors), sound = await log.verify();
      assert.deepEqual(all.map(({ seq }) => seq), [1, 3, 5]);
      assert.deepEqual([sound.faults, sound.signedTo, sound.signers], [[], 5, [signerName(all[0]!)]]);

      const faults = async (signatures: readonly AuditSignature[]) => {
        await Deno.writeTextFile(signaturesOf(log.anchors), JSON.stringify(signatures));
        return (await log.verify()).faults.map(({ kind }) => kind);
      };
      const other = sha256Hex("other");
      for (const i of [0, 1, 2]) {
        for (const change of [{ atMs: 1 }, { seq: 2 }, { hash: other }, { signature: other + other }]) {
          const changed = all.map((own, at) => at === i ? { ...own, ...change } : own);
          assert.ok((await faults(changed)).includes("signature"), `${i} ${JSON.stringify(change)}`);
        }
      }
      assert.ok((await faults([all[0]!, all[2]!])).includes("signature"), "one is missing");
      assert.ok((await faults([all[1]!, all[0]!, all[2]!])).includes("signature"), "two changed places");
      // Somebody signs another history, with a signer of their own.
      await faults(all.slice(0, 2));
      await Deno.remove(`${folder}/anchors.signer.json`);
      await log.sign();
      assert.deepEqual((await log.verify()).faults.map(({ message }) => message.replace(/[0-9a-f]{12}/g, "X")), [
        "row 6 was signed by X, and those before by X",
      ]);
      await assert.rejects(faults([{} as AuditSignature]), { code: "signatures-damaged" });
      // Rows that were cut off with their anchors are known from a signature.
      await faults(all);
      await Deno.remove(log.anchors);
      // Signatures are a day apart: they do not take the place of anchors.
      assert.deepEqual((await log.verify()).faults.map(({ kind }) => kind), ["unanchored"]);
      await sql`alter table audit_log disable trigger all`;
      await sql`delete from audit_log where seq > 3`;
      assert.deepEqual((await log.verify()).faults.map(({ kind }) => kind), ["cut", "unanchored"]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);
