// Which messages to the bot have been seen, on the disk: a restart must not do a command twice.
import { z } from "zod";
import { folderOf, replacePrivateFile, unlessMissing } from "../database/mod.ts";
import type { TimestampMs } from "../time/mod.ts";

const offsetSchema = z.strictObject({ nextUpdateId: z.int(), atMs: z.int() });

/** After a week without a message Telegram counts from another number; before, the former ones are forgotten (a day). */
const VALID_MS = 5 * 86_400_000;

/** The number of the next update of a bot, kept in a file. */
export class UpdateOffset {
  #known: z.infer<typeof offsetSchema> | null = null;

  private constructor(readonly path: string) {}

  /** Reads it; one that cannot be read counts as none, and is told. The age of commands guards what remains. */
  static async open(path: string, note: (sentence: string) => void): Promise<UpdateOffset> {
    const offset = new UpdateOffset(path), text = await unlessMissing(Deno.readTextFile(path));
    if (text === null) {
      await Deno.mkdir(folderOf(path), { recursive: true });
      return offset;
    }
    try {
      offset.#known = offsetSchema.parse(JSON.parse(text));
    } catch {
      note(`${path} cannot be read: messages of the last minute may be answered once more`);
    }
    return offset;
  }

  /** What to ask for; null: whatever there is. */
  next(nowMs: TimestampMs): number | null {
    return this.#known === null || nowMs - this.#known.atMs > VALID_MS ? null : this.#known.nextUpdateId;
  }

  /** True where it was seen before. */
  hasSeen(updateId: number, nowMs: TimestampMs): boolean {
    const next = this.next(nowMs);
    return next !== null && updateId < next;
  }

  /** Notes an update as seen, durably when it ends. What is known in memory holds also where the disk refuses. */
  async note(updateId: number, nowMs: TimestampMs): Promise<void> {
    this.#known = { nextUpdateId: updateId + 1, atMs: nowMs };
    await replacePrivateFile(this.path, `${JSON.stringify(this.#known)}\n`);
  }
}
