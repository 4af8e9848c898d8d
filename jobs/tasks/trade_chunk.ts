import { CodedError, InputError } from "../../engine/errors/mod.ts";
import { chunkTask, type Task } from "../../engine/tasks/mod.ts";
import type { ChunkTrader } from "../chunk_trader.ts";
import type { TaskSurroundings } from "./surroundings.ts";

/** Trades a chunk of a sweep: one after another in this process, whatever the number of tasks at once. */
export function tradeChunk({ sql, dataDir }: TaskSurroundings): Task {
  let taken: string | null = null, trader: ChunkTrader | null = null, last: Promise<unknown> = Promise.resolve();
  const trade = async (study: { hash: string; text: string }, points: string, signal: AbortSignal) => {
    signal.throwIfAborted();
    trader ??= new (await import("../chunk_trader.ts")).ChunkTrader(dataDir);
    if (taken !== study.hash) {
      taken = null;
      await trader.take(JSON.parse(study.text));
      taken = study.hash;
    }
    return JSON.stringify(await trader.tradeInTurns(JSON.parse(points), signal));
  };
  return chunkTask(sql, (study, points, signal) => {
    const own = last.then(() => trade(study, points, signal)).catch((error) => {
      // What this worker cannot do, as its lake or its code differ, another may.
      throw error instanceof InputError ? new CodedError(error.code, error.message, { cause: error }) : error;
    });
    last = own.catch(() => {});
    return own;
  }) as unknown as Task;
}
