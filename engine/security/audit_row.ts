import { concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { sha256Hex } from "../identity/mod.ts";

/** A privileged act as it is told to the chain. */
export interface AuditAct {
  /** Who: a person at a machine, or a process. */
  readonly actor: string;
  /** Permission mode in which it is done. */
  readonly mode: string;
  /** What, as in `keys.rotate`. */
  readonly action: string;
  /** To what, as in the name of a key. */
  readonly subject: string;
  /** SHA-256 of what was there before, and of what is there after; null where there is nothing. */
  readonly beforeHash: string | null;
  readonly afterHash: string | null;
}

/** A row of the chain. */
export interface AuditRow extends AuditAct {
  /** 1, 2, 3 … */
  readonly seq: number;
  readonly atMs: number;
  readonly prevHash: string;
  readonly hash: string;
}

/** The last row of a chain, or what a chain without rows has in its place. */
export interface AuditHead {
  readonly seq: number;
  readonly hash: string;
}

/** Before the first row. */
export const NO_ROWS: AuditHead = Object.freeze({ seq: 0, hash: "0".repeat(64) });

const DOMAIN = "crypto-trader audit 1";
/** Stands where a length would, which no text has. */
const ABSENT = 0xffff_ffff;

/**
 * The hash of a row: SHA-256 over the domain and each field, every one of them behind its length in bytes (32 bits, big
 * endian), so that no two rows come to the same bytes.
 */
export function hashOfRow(row: Omit<AuditRow, "hash">): string {
  const { seq, atMs, actor, mode, action, subject, beforeHash, afterHash, prevHash } = row;
  const fields = [DOMAIN, `${seq}`, `${atMs}`, actor, mode, action, subject, beforeHash, afterHash, prevHash];
  return sha256Hex(concatBytes(...fields.flatMap(prefixed)));
}

/** The row that follows a head. */
export function nextRow(head: AuditHead, act: AuditAct, atMs: number): AuditRow {
  const row = { ...act, seq: head.seq + 1, atMs, prevHash: head.hash };
  return { ...row, hash: hashOfRow(row) };
}

function prefixed(field: string | null): Uint8Array[] {
  const bytes = utf8ToBytes(field ?? ""), length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, field === null ? ABSENT : bytes.length);
  return [length, bytes];
}
