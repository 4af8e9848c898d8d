// The queue of the database as a study trades in it: `sweep --queue`, and the task `run_sweep`.
import type { ChunkQueue } from "../engine/research/mod.ts";
import { note } from "./output.ts";
import { sentStudy, tradedElsewhere } from "./sent_chunk.ts";

/** Chunks that are put in at once: each worker finds one, and another after it, up to a handful of workers. */
const CHUNKS_AT_ONCE = 8;

/** Trades chunks in the workers that run. Nothing is loaded or opened before the first chunk. */
export function workersQueue(): ChunkQueue {
  let opened: Promise<ChunkQueue> | null = null;
  return {
    size: CHUNKS_AT_ONCE,
    trade: async (chunk) => (await (opened ??= taskQueue())).trade(chunk),
    close: async () => (await opened?.catch(() => null))?.close(),
  };
}

async function taskQueue(): Promise<ChunkQueue> {
  const [{ queueHealth, TaskChunkQueue }, { openQueue }, { tradeChunk }] = await Promise.all([
    import("../engine/tasks/mod.ts"),
    import("./services.ts"),
    import("./tasks/trade_chunk.ts"),
  ]);
  return new TaskChunkQueue(
    {
      study: async (study) => JSON.stringify(await sentStudy(study)),
      trade: ({ study, points }, trade) =>
        tradedElsewhere(study, points, async (sent) => JSON.parse(await trade(JSON.stringify(sent)))),
    },
    async () => {
      const opened = await openQueue("client", (surroundings) => [tradeChunk(surroundings)]);
      const health = await queueHealth(opened.database.sql);
      if (health?.workers === 0) note("no worker runs yet, and nothing is traded before one does: deno task worker");
      return opened;
    },
    CHUNKS_AT_ONCE,
  );
}
