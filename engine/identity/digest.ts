import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { canonicalJson } from "./canonical_json.ts";

/** SHA-256 of bytes, or of the UTF-8 bytes of a text, as 64 hexadecimal digits. */
export function sha256Hex(data: Uint8Array | string): string {
  return bytesToHex(sha256(typeof data === "string" ? utf8ToBytes(data) : data));
}

/** SHA-256 over the canonical JSON of a value: the identity of a run spec, a strategy, a configuration. */
export function identityOf(value: unknown): string {
  return sha256Hex(canonicalJson(value));
}

/** True of the text of such a digest. */
export function isSha256Hex(value: unknown): value is string {
  return typeof value === "string" && /^[0-9a-f]{64}$/.test(value);
}
