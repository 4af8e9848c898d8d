import { argon2id } from "@noble/hashes/argon2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import { z } from "zod";
import type { Secret } from "../errors/mod.ts";

/** How a key is made from a passphrase; what it costs is what each guess costs who has stolen the file. */
export const derivationSchema = z.strictObject({
  kind: z.literal("argon2id"),
  salt: z.base64().length(24),
  passes: z.int().min(1).max(16),
  /** Limited, so that a file from elsewhere cannot take all memory. */
  memoryKib: z.int().min(8).max(1_048_576),
  lanes: z.int().min(1).max(16),
});

/** A derivation with its salt. */
export type KeyDerivation = z.infer<typeof derivationSchema>;

/** What a derivation costs. */
export type DerivationCost = Pick<KeyDerivation, "passes" | "memoryKib" | "lanes">;

/** RFC 9106, second recommended option; about a second on one core. */
export const USUAL_COST: DerivationCost = { passes: 3, memoryKib: 65_536, lanes: 4 };

/** A derivation with a new salt. */
export function newDerivation(cost: DerivationCost): KeyDerivation {
  return { kind: "argon2id", salt: crypto.getRandomValues(new Uint8Array(16)).toBase64(), ...cost };
}

/** The 32 bytes that a passphrase comes to. However it was typed, one text is one passphrase (NFKC). */
export function derivedBytes(passphrase: Secret, { salt, passes, memoryKib, lanes }: KeyDerivation): Uint8Array {
  const text = utf8ToBytes(passphrase.reveal().normalize("NFKC"));
  return argon2id(text, Uint8Array.fromBase64(salt), { t: passes, m: memoryKib, p: lanes, dkLen: 32 });
}
