import { CodedError } from "../errors/mod.ts";
import { folderOf, replacePrivateFile } from "../database/mod.ts";
import { crashPoint } from "../time/mod.ts";
import { z } from "zod";

/** Why nothing new is sent, and what becomes of positions. */
export interface KillOrder {
  readonly reason: string;
  /** True: positions are closed, too. */
  readonly flatten: boolean;
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

  /** Sets it; durable when this returns. One that is set already stays as it is, save that it may flatten from now on. */
  async set(order: KillOrder): Promise<void> {
    const before = this.read(), flatten = order.flatten || (before?.flatten ?? false);
    const kept: KillOrder = { ...(before ?? order), flatten };
    crashPoint("kill: before file");
    await this.#write(`${JSON.stringify(kept)}\n`);
    crashPoint("kill: file synced");
  }

  /** It stops what has not begun yet as well, and so has no folder. */
  async #write(text: string): Promise<void> {
    try {
      await replacePrivateFile(this.path, text);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      await Deno.mkdir(folderOf(this.path), { recursive: true });
      await replacePrivateFile(this.path, text);
    }
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
    let text: string;
    try {
      text = Deno.readTextFileSync(this.path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return null;
      return unreadable(error);
    }
    try {
      return KILL.parse(JSON.parse(text));
    } catch (error) {
      return unreadable(error);
    }
  }
}

function unreadable(error: unknown): KillOrder {
  return { reason: `the kill file cannot be read: ${(error as Error).message.slice(0, 100)}`, flatten: false, atMs: 0 };
}
