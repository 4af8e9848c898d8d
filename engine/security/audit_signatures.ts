// The head of the audit chain, signed once a day: a copy of the signatures that lies elsewhere proves what the chain was,
// also to who trusts neither the database nor the files beside it. Tested in audit_signatures_test.ts.
import { z } from "zod";
import { InputError } from "../errors/mod.ts";
import { canonicalJson, sha256Hex } from "../identity/mod.ts";
import { asHolderOf, folderOf, replacePrivateFile, unlessMissing } from "../database/mod.ts";
import { DAY_MS } from "../time/mod.ts";
import type { AuditHead } from "./audit_row.ts";

const HEX = /^([0-9a-f]{2})+$/;
const signatureSchema = z.strictObject({
  atMs: z.int(),
  seq: z.int().positive(),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  /** Public key of Ed25519, in hexadecimal digits. */
  publicKey: z.string().regex(/^[0-9a-f]{64}$/),
  signature: z.string().regex(/^[0-9a-f]{128}$/),
});
const signerSchema = z.strictObject({
  privateKey: z.string().regex(HEX),
  publicKey: z.string().regex(/^[0-9a-f]{64}$/),
});

/** A head as it was signed. */
export type AuditSignature = Readonly<z.infer<typeof signatureSchema>>;

const DOMAIN = "crypto-trader audit signature 1";

/** Where the signatures of a chain are, beside its anchors. */
export function signaturesOf(anchors: string): string {
  return anchors.replace(/(\.jsonl)?$/, ".signatures.json");
}

/** Where what signs is: only this user may read it. */
function signerOf(anchors: string): string {
  return anchors.replace(/(\.jsonl)?$/, ".signer.json");
}

/** Tells signers apart: the first twelve digits of a SHA-256. */
export function signerName({ publicKey }: Pick<AuditSignature, "publicKey">): string {
  return sha256Hex(publicKey).slice(0, 12);
}

/** All signatures, the oldest first; none where there is no file. @throws {InputError} `signatures-damaged`. */
export async function readSignatures(anchors: string): Promise<readonly AuditSignature[]> {
  const path = signaturesOf(anchors), text = await unlessMissing(Deno.readTextFile(path));
  if (text === null) return [];
  const read = z.array(signatureSchema).safeParse(json(text));
  if (read.success) return read.data;
  throw new InputError("signatures-damaged", `${path} holds no signatures of the audit chain: restore the file`);
}

/**
 * Signs the head, durably, unless that was done on the same day, UTC; who signs is made at the first time.
 *
 * @returns True when a signature was added.
 */
export async function signDaily(anchors: string, headOf: () => Promise<AuditHead>, nowMs: number): Promise<boolean> {
  await Deno.mkdir(folderOf(anchors), { recursive: true, mode: 0o700 });
  return await asHolderOf(`${anchors}.signing.lock`, async () => {
    const signatures = await readSignatures(anchors), last = signatures.at(-1);
    if (last !== undefined && Math.floor(last.atMs / DAY_MS) >= Math.floor(nowMs / DAY_MS)) return false;
    const { seq, hash } = await headOf();
    if (seq === 0) return false;
    const { privateKey, publicKey } = await signer(anchors), own = { atMs: nowMs, seq, hash, publicKey };
    const key = await crypto.subtle.importKey("pkcs8", Uint8Array.fromHex(privateKey), "Ed25519", false, ["sign"]);
    const signed = await crypto.subtle.sign("Ed25519", key, textOf(own, last ?? null));
    const signature = new Uint8Array(signed).toHex();
    await replacePrivateFile(
      signaturesOf(anchors),
      `${JSON.stringify([...signatures, { ...own, signature }], null, 1)}\n`,
    );
    return true;
  });
}

/** What is wrong with signatures by themselves; none where each was made by one signer, over the one before it. */
export async function signatureFaults(
  signatures: readonly AuditSignature[],
): Promise<{ seq: number; message: string }[]> {
  const faults: { seq: number; message: string }[] = [];
  for (const [i, own] of signatures.entries()) {
    const before = signatures[i - 1] ?? null, { seq, publicKey, signature } = own;
    const key = await crypto.subtle.importKey("raw", Uint8Array.fromHex(publicKey), "Ed25519", false, ["verify"]);
    if (!await crypto.subtle.verify("Ed25519", key, Uint8Array.fromHex(signature), textOf(own, before))) {
      faults.push({ seq, message: `the signature of row ${seq} is none: it, or the one before it, was changed` });
    }
    if (before !== null && before.publicKey !== publicKey) {
      const message = `row ${seq} was signed by ${signerName(own)}, and those before by ${signerName(before)}`;
      faults.push({ seq, message });
    }
  }
  return faults;
}

function textOf({ atMs, seq, hash, publicKey }: Omit<AuditSignature, "signature">, before: AuditSignature | null) {
  return new TextEncoder().encode(canonicalJson([DOMAIN, atMs, seq, hash, publicKey, before?.signature ?? null]));
}

async function signer(anchors: string): Promise<z.infer<typeof signerSchema>> {
  const path = signerOf(anchors), text = await unlessMissing(Deno.readTextFile(path));
  if (text !== null) {
    const read = signerSchema.safeParse(json(text));
    if (read.success) return read.data;
    throw new InputError("signer-damaged", `${path} holds nothing that could sign: restore the file`);
  }
  const pair = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]) as CryptoKeyPair;
  const hex = async (format: "pkcs8" | "raw", key: CryptoKey) =>
    new Uint8Array(await crypto.subtle.exportKey(format, key)).toHex();
  const made = { privateKey: await hex("pkcs8", pair.privateKey), publicKey: await hex("raw", pair.publicKey) };
  await replacePrivateFile(path, `${JSON.stringify(made)}\n`);
  return made;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
