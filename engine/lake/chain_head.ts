import { type ChainTip, EMPTY_CHAIN } from "../identity/mod.ts";
import { replaceFile, textIfThere } from "./atomic_file.ts";

/**
 * The file beside a chain that remembers its last row: without it nobody could tell that rows at the end are gone. It is
 * written after the rows, so it never promises more than there was.
 */
export function headPath(path: string): string {
  return path.replace(/(\.[^./]+)?$/, ".head.json");
}

/** The remembered row; null where there is no such file, or nothing in it that can be read. */
export async function readHead(path: string): Promise<ChainTip | null> {
  const text = await textIfThere(headPath(path));
  try {
    const head = JSON.parse(text ?? "null");
    return typeof head?.hash === "string" && Number.isSafeInteger(head.sequence) ? head : null;
  } catch {
    return null;
  }
}

/** Remembers a row as the last one. */
export async function writeHead(path: string, { sequence, hash }: ChainTip = EMPTY_CHAIN): Promise<void> {
  await replaceFile(headPath(path), `${JSON.stringify({ sequence, hash })}\n`);
}
