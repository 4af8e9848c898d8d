// The heads of the audit chain in a file outside of the database: who changes the database cannot change them with it.
import { z } from "zod";
import { CodedError, InputError } from "../errors/mod.ts";
import { asHolderOf, folderOf, syncPath, unlessMissing } from "../database/mod.ts";
import type { AuditHead } from "./audit_row.ts";
import { signaturesOf } from "./audit_signatures.ts";

const anchorSchema = z.strictObject({
  atMs: z.int(),
  seq: z.int().positive(),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
});

/** A head as it was at a time. */
export type AuditAnchor = Readonly<z.infer<typeof anchorSchema>>;

/**
 * All anchors, the oldest first; none where there is no file. A last line that was cut by a crash is left out.
 *
 * @throws {InputError} `anchors-damaged` where any other line is none.
 */
export async function readAnchors(path: string): Promise<AuditAnchor[]> {
  const text = await unlessMissing(Deno.readTextFile(path));
  if (text === null) return [];
  const lines = text.split("\n"), unfinished = lines.pop()!;
  const anchors = lines.map((line, i) => {
    const anchor = anchorOf(line);
    if (anchor === null) {
      throw new InputError(
        "anchors-damaged",
        `line ${i + 1} of ${path} is no anchor of the audit chain: restore the file`,
      );
    }
    return anchor;
  });
  const last = anchorOf(unfinished);
  return last === null ? anchors : [...anchors, last];
}

/** A chain as its anchors ask for it. */
export interface AnchoredChain {
  head(): Promise<AuditHead>;
  /** Of the row with that number; null without one. */
  hashAt(seq: number): Promise<string | null>;
}

/**
 * Asserts that a chain goes on from its last anchor: whoever adds to one that was cut makes the cut look whole.
 *
 * @throws {CodedError} `audit-cut` when the row that was anchored is not there, or is another one.
 */
export async function assertGoesOn(path: string, chain: AnchoredChain): Promise<AuditAnchor | null> {
  const last = (await readAnchors(path)).at(-1) ?? null;
  if (last === null || await chain.hashAt(last.seq) === last.hash) return last;
  const { seq } = await chain.head();
  throw new CodedError(
    "audit-cut",
    `the audit chain ends at row ${seq}, and row ${last.seq} as it was anchored is not in it: deno task audit verify says ` +
      `more; where the database was made anew on purpose, move ${path} away`,
  );
}

/**
 * Adds the head to the file, durably, where it has moved. Nobody else writes to the file meanwhile.
 *
 * @returns True when a line was added.
 * @throws {CodedError} `audit-cut` when the row of the last anchor is not there, or another one: rows were cut off.
 */
export async function anchorHead(path: string, chain: AnchoredChain, nowMs: number): Promise<boolean> {
  await Deno.mkdir(folderOf(path), { recursive: true, mode: 0o700 });
  return await asHolderOf(`${path}.lock`, async () => {
    const last = await assertGoesOn(path, chain), { seq, hash } = await chain.head();
    if (seq === (last?.seq ?? 0)) return false;
    await append(path, `${JSON.stringify({ atMs: nowMs, seq, hash })}\n`);
    return true;
  });
}

/** Puts the anchors of a chain and its signatures away that a restored backup has replaced. @returns Where they are; null without any. */
export async function setAnchorsAside(path: string, nowMs: number): Promise<string | null> {
  const aside = `${path}.before-${nowMs}`, signatures = signaturesOf(path);
  await unlessMissing(Deno.rename(signatures, `${signatures}.before-${nowMs}`));
  return await unlessMissing(Deno.rename(path, aside).then(() => aside));
}

function anchorOf(line: string): AuditAnchor | null {
  try {
    return anchorSchema.parse(JSON.parse(line));
  } catch {
    return null;
  }
}

/** A line that a crash has cut is ended first, so that the next one does not run into it. */
async function append(path: string, line: string): Promise<void> {
  const file = await Deno.open(path, { read: true, write: true, create: true, mode: 0o600 });
  try {
    const whole = await wholeLength(file);
    await file.truncate(whole);
    await file.seek(whole, Deno.SeekMode.Start);
    const bytes = new TextEncoder().encode(line);
    for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
    await file.sync();
  } finally {
    file.close();
  }
  await syncPath(folderOf(path));
}

/** Length up to the end of the last whole line. */
async function wholeLength(file: Deno.FsFile): Promise<number> {
  const { size } = await file.stat(), tail = new Uint8Array(Math.min(size, 4_096));
  await file.seek(size - tail.length, Deno.SeekMode.Start);
  for (let at = 0; at < tail.length;) {
    const read = await file.read(tail.subarray(at));
    if (read === null) break;
    at += read;
  }
  return size - tail.length + tail.lastIndexOf(10) + 1;
}
