import { canonicalJson } from "./canonical_json.ts";
import { isSha256Hex, sha256Hex } from "./digest.ts";

/** The last row of a chain: where the next one is tied on. */
export interface ChainTip {
  /** Number of the row, from 1 on; 0 of a chain without rows. */
  readonly sequence: number;
  /** SHA-256 of the row, 64 hexadecimal digits. */
  readonly hash: string;
}

/** A row of a chain as it was read. */
export interface ChainRow extends ChainTip {
  /** Hash of the row before. */
  readonly previous: string;
  readonly value: unknown;
}

/** SHA-256 of a text's UTF-8 bytes in hexadecimal digits: {@linkcode sha256Hex}, or what the machine does faster. */
export type TextDigest = (text: string) => string;

/** The tip of a chain without rows. */
export const EMPTY_CHAIN: ChainTip = Object.freeze({ sequence: 0, hash: "0".repeat(64) });

/**
 * The next row of a chain, as one line of text without its line feed: canonical JSON of `hash`, `previous`, `sequence`
 * and `value`. The hash is that of the line's text without the hash itself, so whoever changes a character has to
 * change every row after it.
 *
 * @throws {CodedError} `canonical-json` for a value that JSON cannot hold.
 */
export function chainLine(
  tip: ChainTip,
  value: unknown,
  digest: TextDigest = sha256Hex,
): { readonly line: string; readonly tip: ChainTip } {
  const sequence = tip.sequence + 1;
  const rest = `"previous":"${tip.hash}","sequence":${sequence},"value":${canonicalJson(value)}}`;
  const hash = digest(`{${rest}`);
  return { line: `{"hash":"${hash}",${rest}`, tip: { sequence, hash } };
}

/** Length of `{"hash":"…",`, which stands before what is hashed. */
const HEAD_LENGTH = 75;

/** True when the text of a line is what its hash says. */
export function isIntact(line: string, digest: TextDigest = sha256Hex): boolean {
  return line.slice(0, HEAD_LENGTH) === `{"hash":"${digest(`{${line.slice(HEAD_LENGTH)}`)}",`;
}

/** A line as a row; null where it is none. Whether its text is what its hash says, {@linkcode isIntact} tells. */
export function chainRow(line: string): ChainRow | null {
  let row: Partial<ChainRow> | null;
  try {
    row = JSON.parse(line);
  } catch {
    return null;
  }
  if (row === null || typeof row !== "object" || !("value" in row)) return null;
  const { hash, previous, sequence } = row;
  return isSha256Hex(hash) && isSha256Hex(previous) && Number.isSafeInteger(sequence) && sequence! > 0
    ? row as ChainRow
    : null;
}
