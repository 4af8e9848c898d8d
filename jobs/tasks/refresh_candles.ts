import { z } from "zod";
import { defineTask } from "../../engine/tasks/mod.ts";
import { DAY_MS, systemClock } from "../../engine/time/mod.ts";
import { recentFiles } from "../recent_files.ts";
import type { TaskSurroundings } from "./surroundings.ts";

const exchange = z.string().regex(/^[a-z0-9][a-z0-9-]*$/, "an exchange in small letters, as binance");

const payload = z.strictObject({
  /** A folder below the working folder into which newer files of candles are put. */
  path: z.string().regex(/^(?!\/)(?!.*\.\.)/, "a path inside the working folder").default("data/samples"),
  /** Files that have changed in so many days. */
  days: z.number().positive().default(2),
  /** Venues that take over when a market's own one fails. */
  failover: z.array(exchange).max(10).default([]),
  /** Newest candles that venues are asked for again. */
  revisit: z.int().min(0).max(1_000).default(3),
});

/** Brings the lake up to the present: from venues what came from there before, and from files that are new. */
export function refreshCandles(surroundings: TaskSurroundings) {
  return defineTask({
    name: "refresh_candles",
    summary: "fetch what venues have since, and import files of candles that have changed in the last days",
    payload,
    limits: { timeoutSeconds: 3_600, heartbeatSeconds: 60 },
    async run({ path, days, failover, revisit }, { signal, progress }) {
      const [{ importCandles }, { lakePlace }] = await Promise.all([
        import("../../engine/lake/mod.ts"),
        import("../lake_place.ts"),
      ]);
      const files = await recentFiles(path, [".parquet", ".csv"], systemClock.now() - days * DAY_MS);
      let added = 0, revised = 0;
      for (const [i, file] of files.entries()) {
        signal.throwIfAborted();
        progress(i, files.length, file);
        for (const imported of await importCandles(lakePlace(surroundings.dataDir), file, { signal })) {
          added += imported.added;
          revised += imported.revised;
        }
      }
      signal.throwIfAborted();
      const { refreshMarkets } = await import("../fetching/refresh_markets.ts");
      const fetched = await refreshMarkets(surroundings, { failover, revisitCandles: revisit, signal, progress });
      return { files: files.length, ...fetched, added: added + fetched.added, revised: revised + fetched.revised };
    },
  });
}
