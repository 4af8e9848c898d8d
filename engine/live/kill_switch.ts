import { CodedError } from "../errors/mod.ts";
import { folderOf, replacePrivateFile, syncPath, unlessMissing, writeDurably } from "../database/mod.ts";
import { crashPoint } from "../time/mod.ts";
import { z } from "zod";

/** Why nothing new is sent, and what becomes of positions. */
export interface KillOrder {
  readonly reason: string;
  /** True: positions are closed, too. */
  readonly flatten: boolean;
  /** 0 where the file does not say. */
  readonly atMs: number;
}

const KILL = z.strictObject({ reason: z.string(), flatten: z.boolean(), atMs: z.number() });

/**
 * A file that stops all trading of a data folder for as long as it is there: it needs no database, no cache and no lease,
 * and outlives every process (I10). A file that cannot be read stops it, too (I15).
 */
export class KillSwitch {
  readonly path: string;

  constructor(dataDir: string) {
    this.path = `${dataDir}/KILL`;
  }

  /**
   * Sets it; durable when this returns. One that is set already stays as it is, save that it may flatten from now on: nothing
   * but a flatten ever takes the place of a file, so that of two who set it at once neither loses one (I10).
   *
   * @throws {CodedError} `kill-file` where it is not set, `kill-words` where it is, and cannot say all that it is to say.
   */
  async set(order: KillOrder): Promise<void> {
    crashPoint("kill: before file");
    if (!await this.#begin(order)) await this.#goOn(order);
    crashPoint("kill: file synced");
  }

  /** False where it is set already. The file stops trading before a word is in it, as a full disk takes no word. */
  async #begin(order: KillOrder): Promise<boolean> {
    const file = await this.#make();
    if (file === null) return false;
    try {
      await writeDurably(file, textOf(order));
      await syncPath(folderOf(this.path));
      return true;
    } catch (error) {
      await syncPath(folderOf(this.path)).catch(() => {}); // it has stopped trading all the same
      throw this.#unsaid("it can neither say why nor close positions", error);
    }
  }

  /** An empty file; null where there is one. It stops what has not begun yet as well, and so has no folder. */
  async #make(): Promise<Deno.FsFile | null> {
    const make = () => Deno.open(this.path, { write: true, createNew: true, mode: 0o600 });
    try {
      return await unlessMissing(make()) ?? await Deno.mkdir(folderOf(this.path), { recursive: true }).then(make);
    } catch (error) {
      if (error instanceof Deno.errors.AlreadyExists) return null;
      throw this.#unset(error);
    }
  }

  async #goOn(order: KillOrder): Promise<void> {
    const before = this.read(), said = before === null || before.atMs === 0 ? null : before;
    if (before !== null && (before.flatten || !order.flatten)) {
      // Whoever has made it may not be done with that yet.
      if (said !== null) await unlessMissing(syncPath(this.path));
      return await syncPath(folderOf(this.path));
    }
    try {
      await replacePrivateFile(this.path, textOf({ ...said ?? order, flatten: order.flatten }));
    } catch (error) {
      throw this.#unsaid("it cannot be made to close positions", error);
    }
  }

  #unset(cause: unknown): CodedError {
    const message = `the kill switch is NOT set: ${this.path}: ${(cause as Error).message}`;
    return new CodedError("kill-file", message, { cause });
  }

  #unsaid(what: string, cause: unknown): CodedError {
    if (this.read() === null) return this.#unset(cause); // somebody has cleared it meanwhile
    const why = cause instanceof Deno.errors.IsADirectory
      ? `${this.path} is a folder: remove it, and set the switch again`
      : `${this.path}: ${(cause as Error).message}`;
    return new CodedError("kill-words", `the kill switch is set and stops all trading, but ${what}: ${why}`, { cause });
  }

  /** Lets trading go on; false where it was not set. */
  async clear(): Promise<boolean> {
    try {
      await Deno.remove(this.path);
      return true;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return false;
      throw new CodedError("kill-file", `${this.path} cannot be removed: ${(error as Error).message}`, {
        cause: error,
      });
    }
  }

  /** What it says now; null where it is not set. Asked before every order, and by nothing that waits. */
  read(): KillOrder | null {
    try {
      const text = Deno.readTextFileSync(this.path);
      return text.trim() === "" ? wordless("set without a reason") : KILL.parse(JSON.parse(text));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return null;
      return wordless(`the kill file cannot be read: ${(error as Error).message.slice(0, 100)}`);
    }
  }
}

function textOf(order: KillOrder): string {
  return `${JSON.stringify(order)}\n`;
}

/** What a file stands for that does not say when it was set. */
function wordless(reason: string): KillOrder {
  return { reason, flatten: false, atMs: 0 };
}
