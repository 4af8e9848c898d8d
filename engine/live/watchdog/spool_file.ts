import { replacePrivateFile, syncPath, unlessMissing } from "../../database/mod.ts";
import { CodedError, InputError } from "../../errors/mod.ts";
import type { OrderIntent, Recorded, RiskApproved } from "../../orders/mod.ts";
import { crashPoint } from "../../time/mod.ts";
import {
  applyLine,
  keptLines,
  type ReadSpool,
  readSpool,
  type SpooledOrder,
  type SpoolLine,
  type SpoolState,
  unadopted,
  uncounted,
  writeLine,
} from "./spool.ts";

/** Beyond this it is written anew, without what nobody needs any more. */
const LONGEST_BYTES = 262_144;

/**
 * What a session's watchdog has sent and nobody has told the journal, as far as its spool says; none where there is no spool.
 *
 * @throws {CodedError} `watchdog-spool` where it cannot be read.
 */
export async function spooledOrders(folder: string, sessionId: string): Promise<readonly SpooledOrder[]> {
  const path = spoolPath(folder, sessionId), text = await unlessMissing(Deno.readTextFile(path));
  return text === null ? [] : unadopted(readSpool(text, path).state);
}

function spoolPath(folder: string, sessionId: string): string {
  return `${folder}/${sessionId}.spool`;
}

/** The spool of one watchdog: what it appends is durable when it says so. */
export class SpoolFile {
  #state: SpoolState;
  #bytes: number;
  #file: Deno.FsFile;
  #last: Promise<void> = Promise.resolve();

  private constructor(
    readonly path: string,
    readonly lock: Deno.FsFile,
    file: Deno.FsFile,
    read: ReadSpool,
    bytes: number,
  ) {
    this.#file = file;
    this.#state = read.state;
    this.#bytes = bytes;
  }

  /**
   * Opens a session's spool, and keeps every other watchdog of the session away from it.
   *
   * @throws {InputError} `watchdog-runs` where another one has it, {@linkcode CodedError} `watchdog-spool` where it cannot
   * be read.
   */
  static async open(folder: string, sessionId: string): Promise<SpoolFile> {
    const path = spoolPath(folder, sessionId);
    await Deno.mkdir(folder, { recursive: true });
    const lock = await Deno.open(`${path}.lock`, { write: true, create: true, mode: 0o600 });
    try {
      if (!await lock.tryLock(true)) {
        throw new InputError("watchdog-runs", `another process watches session ${sessionId}: it holds ${path}.lock`);
      }
      const file = await Deno.open(path, { read: true, write: true, create: true, mode: 0o600 });
      await syncPath(folder);
      const text = await Deno.readTextFile(path), read = readSpool(text, path);
      const bytes = new TextEncoder().encode(text.slice(0, read.length)).length;
      await file.truncate(bytes);
      await file.seek(bytes, Deno.SeekMode.Start);
      return new SpoolFile(path, lock, file, read, bytes);
    } catch (error) {
      lock.close();
      throw error;
    }
  }

  get state(): SpoolState {
    return this.#state;
  }

  /** Makes a line durable. @throws what the disk throws: nothing may follow then, and the process ends (fault 68). */
  append(line: SpoolLine): Promise<void> {
    const written = this.#last.then(() => this.#append(line));
    this.#last = written.catch(() => {}); // told to whoever appended it
    return written;
  }

  /** Makes an order durable before any byte of it leaves (I1). */
  async record(order: RiskApproved<OrderIntent>): Promise<Recorded<RiskApproved<OrderIntent>>> {
    await this.append({ kind: "order", order });
    return order as Recorded<RiskApproved<OrderIntent>>;
  }

  close(): void {
    this.#file.close();
    this.lock.close();
  }

  async #append(line: SpoolLine): Promise<void> {
    if (this.#isFailed) throw new CodedError("watchdog-spool", `${this.path} could not be written before`);
    this.#isFailed = true;
    const bytes = new TextEncoder().encode(writeLine(line));
    for (let at = 0; at < bytes.length;) at += await this.#file.write(bytes.subarray(at));
    crashPoint("watchdog: line written");
    await this.#file.syncData();
    this.#bytes += bytes.length;
    this.#state = applyLine(this.#state, line);
    crashPoint("watchdog: line durable");
    if (this.#bytes > LONGEST_BYTES && this.#state.closing.size === 0 && uncounted(this.#state).length === 0) {
      await this.#shorten();
    }
    this.#isFailed = false;
  }

  /** True while a write is under way, and for ever after one that failed. */
  #isFailed = false;

  async #shorten(): Promise<void> {
    const lines = keptLines(this.#state), text = lines.map(writeLine).join("");
    await replacePrivateFile(this.path, text);
    this.#file.close();
    this.#file = await Deno.open(this.path, { write: true, append: true });
    this.#bytes = new TextEncoder().encode(text).length;
    this.#state = readSpool(text, this.path).state;
  }
}
