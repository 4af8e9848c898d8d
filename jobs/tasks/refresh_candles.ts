import { z } from "zod";
import { defineTask } from "../../engine/tasks/mod.ts";
import { DAY_MS, systemClock } from "../../engine/time/mod.ts";
import { recentFiles } from "../recent_files.ts";
import type { TaskSurroundings } from "./surroundings.ts";

const payload = z.strictObject({
  /** A folder below the working folder into which newer files of candles are put. */
  path: z.string().regex(/^(?!\/)(?!.*\.\.)/, "a path inside the working folder").default("data/samples"),
  /** Files that have changed in so many days. */
  days: z.number().positive().default(2),
});

/** Takes into the lake what has come lately: new candles, and revisions of older ones. */
export function refreshCandles({ dataDir }: TaskSurroundings) {
  return defineTask({
    name: "refresh_candles",
    summary: "import files of candles that have changed in the last days",
    payload,
    limits: { timeoutSeconds: 3_600, heartbeatSeconds: 60 },
    async run({ path, days }, { signal, progress }) {
      const [{ importCandles }, { lakePlace }] = await Promise.all([
        import("../../engine/lake/mod.ts"),
        import("../lake_place.ts"),
      ]);
      const files = await recentFiles(path, [".parquet", ".csv"], systemClock.now() - days * DAY_MS);
      let added = 0, revised = 0;
      for (const [i, file] of files.entries()) {
        signal.throwIfAborted();
        progress(i, files.length, file);
        for (const imported of await importCandles(lakePlace(dataDir), file, { signal })) {
          added += imported.added;
          revised += imported.revised;
        }
      }
      return { files: files.length, added, revised };
    },
  });
}
