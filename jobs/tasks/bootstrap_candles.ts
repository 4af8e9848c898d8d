import { z } from "zod";
import { defineTask } from "../../engine/tasks/mod.ts";
import type { TaskSurroundings } from "./surroundings.ts";

const payload = z.strictObject({
  /** A file or folder of .parquet and .csv files below the working folder. */
  path: z.string().regex(/^(?!\/)(?!.*\.\.)/, "a path inside the working folder").default("data/samples"),
  exchange: z.string().min(1).optional(),
  symbol: z.string().min(1).optional(),
  timeframe: z.string().min(1).optional(),
});

/** Fills the lake from files; candles that it has already change nothing. */
export function bootstrapCandles({ dataDir }: TaskSurroundings) {
  return defineTask({
    name: "bootstrap_candles",
    summary: "import candles from files into the lake, those of the project unless a path is stated",
    payload,
    limits: { timeoutSeconds: 3_600, heartbeatSeconds: 60 },
    async run({ path, ...named }, { signal, progress }) {
      const [{ importCandles }, { lakePlace }] = await Promise.all([
        import("../../engine/lake/mod.ts"),
        import("../lake_place.ts"),
      ]);
      const files = await importCandles(lakePlace(dataDir), path, {
        ...named as Partial<Record<"exchange" | "symbol" | "timeframe", string>>,
        signal,
        progress: (done, total, file) => progress(done, total, file),
      });
      signal.throwIfAborted();
      const sum = (what: "rows" | "added" | "revised") => files.reduce((total, file) => total + file[what], 0);
      return { files: files.length, rows: sum("rows"), added: sum("added"), revised: sum("revised") };
    },
  });
}
