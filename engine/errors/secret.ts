import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";

/** What Node and Deno call on a value that is logged. */
const INSPECT = [Symbol.for("nodejs.util.inspect.custom"), Symbol.for("Deno.customInspect")] as const;

/**
 * A text that is not to be shown: a password, a key, an address with a password in it. Whatever prints it (a template, a
 * log, JSON) gets `[secret name#fingerprint]`; the text itself comes only from {@linkcode Secret.reveal}.
 *
 * @example
 * ```ts
 * import { Secret } from "./mod.ts";
 * import assert from "node:assert/strict";
 * const secret = new Secret("password", "swordfish");
 * assert.equal(JSON.stringify({ secret }), '{"secret":"[secret password#b9f195]"}');
 * assert.equal(secret.reveal(), "swordfish");
 * ```
 */
export class Secret {
  readonly #text: string;

  /** @param name What it is, for people. */
  constructor(readonly name: string, text: string) {
    this.#text = text;
    for (const inspect of INSPECT) Object.defineProperty(this, inspect, { value: () => this.toString() });
  }

  /** The text: for the one place that hands it to whom it is meant for. */
  reveal(): string {
    return this.#text;
  }

  /** Tells two secrets apart without showing them: the first six digits of SHA-256. */
  get fingerprint(): string {
    return bytesToHex(sha256(utf8ToBytes(this.#text))).slice(0, 6);
  }

  /** True of a secret with the same text. */
  equals(other: unknown): boolean {
    return other instanceof Secret && other.#text === this.#text;
  }

  toString(): string {
    return `[secret ${this.name}#${this.fingerprint}]`;
  }

  toJSON(): string {
    return this.toString();
  }
}
