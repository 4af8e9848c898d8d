// The trial ledger: every evaluation of a strategy, one line each, tied together by hashes.
import { InputError } from "../errors/mod.ts";
import { chainLine, chainRow, type ChainTip, EMPTY_CHAIN, isIntact } from "../identity/mod.ts";
import { type Trial, trialFault } from "../research/mod.ts";
import { exists, folderOf, syncPath } from "./atomic_file.ts";
import { headPath, readHead, writeHead } from "./chain_head.ts";
import { needingRoom } from "./disk_full.ts";
import { textDigest } from "./text_digest.ts";
import { textLines } from "./text_lines.ts";
import { asWriterOf } from "./writer_lock.ts";

/** Rows that are written at once. */
const BATCH_ROWS = 2_000;
const LINE_FEED = 10;
/** How long an append waits for another writer before it gives up. */
const WAIT_MS = 10_000;

/** Where the ledger of a data folder is. */
export function ledgerPath(root: string): string {
  return `${root}/ledger/trials.jsonl`;
}

/** What an append did. */
export interface AppendedTrials {
  /** Trials that are new to the ledger. */
  readonly appended: number;
  /** Trials whose run hash it has already: they count once. */
  readonly repeated: number;
  /** Trials in the ledger now. */
  readonly total: number;
}

/**
 * Appends trials in their order; those whose run hash the ledger has are left out. When it returns they are on disk.
 * What a killed process left of a row is cleared away: nobody was told that it was kept.
 *
 * @param path The ledger's file, see {@linkcode ledgerPath}; it is made when it is not there.
 * @throws {InputError} `trial` for a value that is no trial, before anything is written; `locked` while another process
 * writes for long; `disk-full`; `ledger-damaged` where rows cannot be tied to what is there.
 */
export async function appendTrials(path: string, trials: readonly Trial[]): Promise<AppendedTrials> {
  return await new TrialLedger(path).append(trials);
}

/** A ledger that is appended to again and again: it reads what is there once, and later only what others have added. */
export class TrialLedger {
  readonly #hashes = new Set<string>();
  #tip: ChainTip = EMPTY_CHAIN;
  #endByte = 0;

  constructor(readonly path: string, readonly waitMs = WAIT_MS) {}

  /** See {@linkcode appendTrials}. */
  async append(trials: readonly Trial[]): Promise<AppendedTrials> {
    for (const trial of trials) {
      const fault = trialFault(trial);
      if (fault !== null) throw new InputError("trial", `this is no trial for the ledger, ${fault}: mend who made it`);
    }
    return await needingRoom(folderOf(this.path), () => this.#append(trials));
  }

  async #append(trials: readonly Trial[]): Promise<AppendedTrials> {
    await Deno.mkdir(folderOf(this.path), { recursive: true });
    return await asWriterOf(this.path, this.waitMs, async () => {
      if (!await exists(this.path) && !await exists(headPath(this.path))) await writeHead(this.path);
      const file = await Deno.open(this.path, { create: true, read: true, write: true });
      try {
        const head = await this.#catchUp(file), appended = await this.#write(file, trials);
        // Rows of a writer that was killed before it could remember them are remembered now.
        if (head.sequence !== this.#tip.sequence) await writeHead(this.path, this.#tip);
        return appended;
      } finally {
        file.close();
      }
    });
  }

  async #write(file: Deno.FsFile, trials: readonly Trial[]): Promise<AppendedTrials> {
    const before = this.#hashes.size;
    const fresh = trials.filter(({ hash }) => !this.#hashes.has(hash) && this.#hashes.add(hash));
    try {
      await file.seek(this.#endByte, Deno.SeekMode.Start);
      for (let at = 0; at < fresh.length; at += BATCH_ROWS) {
        await this.#writeRows(file, fresh.slice(at, at + BATCH_ROWS));
      }
      if (fresh.length > 0) await file.sync();
    } catch (error) {
      this.#forget(); // what is on disk now is found out by the next append
      throw error;
    }
    if (fresh.length > 0 && before === 0) await syncPath(folderOf(this.path));
    return { appended: fresh.length, repeated: trials.length - fresh.length, total: this.#hashes.size };
  }

  async #writeRows(file: Deno.FsFile, trials: readonly Trial[]): Promise<void> {
    let text = "", tip = this.#tip;
    for (const trial of trials) {
      const row = chainLine(tip, trial, textDigest);
      text += `${row.line}\n`;
      tip = row.tip;
    }
    const bytes = new TextEncoder().encode(text);
    for (let done = 0; done < bytes.length;) done += await file.write(bytes.subarray(done));
    this.#tip = tip;
    this.#endByte += bytes.length;
  }

  /** Reads what is new in the file, and mends its end. Gives the row that was remembered as the last one. */
  async #catchUp(file: Deno.FsFile): Promise<ChainTip> {
    const head = await readHead(this.path);
    if (this.#endByte > 0 && !await this.#readOn(file, head)) this.#forget();
    if (this.#endByte === 0 && !await this.#readOn(file, head)) {
      throw this.#damaged("its last rows are not those that were written");
    }
    return head!; // without one, reading on has failed
  }

  /** Reads on from where this one knows the file; false when that is another file than it was, or rows are gone. */
  async #readOn(file: Deno.FsFile, head: ChainTip | null): Promise<boolean> {
    const isResumed = this.#endByte > 0;
    let last: string | null = null, isCutOff = false;
    if ((await file.stat()).size < this.#endByte) return false;
    for await (const { text, endByte, whole } of textLines(file, this.#endByte)) {
      isCutOff = !whole;
      if (!whole && !isIntact(text, textDigest)) break;
      const row = chainRow(text);
      if (isResumed && last === null && row?.previous !== this.#tip.hash) return false;
      if (row === null) throw this.#damaged(`row ${this.#tip.sequence + 1} cannot be read`);
      this.#take(row.value as Trial, row, endByte);
      last = text;
    }
    if (last !== null && !isIntact(last, textDigest)) {
      throw this.#damaged(`its last row, ${this.#tip.sequence}, was edited`);
    }
    if (head === null) throw this.#damaged(`${headPath(this.path)}, which remembers its last row, is missing`);
    const { sequence, hash } = this.#tip;
    if (head.sequence > sequence || (head.sequence === sequence && head.hash !== hash)) return false;
    if (isCutOff) await this.#mendEnd(file);
    return true;
  }

  /** Gives a last row the line feed that it lacks, or clears away what a killed process has left of one. */
  async #mendEnd(file: Deno.FsFile): Promise<void> {
    await file.truncate(this.#endByte);
    if (this.#endByte > 0) {
      await file.seek(this.#endByte - 1, Deno.SeekMode.Start);
      const last = new Uint8Array(1);
      await file.read(last);
      if (last[0] !== LINE_FEED) {
        await file.write(new Uint8Array([LINE_FEED]));
        this.#endByte++;
      }
    }
    await file.sync();
  }

  #take({ hash: runHash }: Trial, { sequence, hash }: ChainTip, endByte: number): void {
    this.#hashes.add(runHash);
    this.#tip = { sequence, hash };
    this.#endByte = endByte;
  }

  #forget(): void {
    this.#hashes.clear();
    this.#tip = EMPTY_CHAIN;
    this.#endByte = 0;
  }

  #damaged(what: string): InputError {
    return new InputError(
      "ledger-damaged",
      `the trial ledger ${this.path} was changed by hand, ${what}: see deno task ledger verify, and restore it, or ` +
        "move its folder away to begin a new one",
    );
  }
}
