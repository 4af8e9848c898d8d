import { z } from "zod";
import { InputError } from "../../engine/errors/mod.ts";
import { defineTask } from "../../engine/tasks/mod.ts";
import type { TaskSurroundings } from "./surroundings.ts";

const payload = z.strictObject({
  /** A kept run by its hash, or the beginning of it. */
  run: z.string().regex(/^[0-9a-f]{4,64}$/).optional(),
  /** Or a run spec, which is run and kept first. */
  spec: z.record(z.string(), z.unknown()).optional(),
}).refine(({ run, spec }) => (run === undefined) !== (spec === undefined), { error: "state run or spec" });

/** Makes the report of a run, with buy-and-hold beside it, and keeps it in `data/reports`. */
export function generateReport({ dataDir, ledger }: TaskSurroundings) {
  return defineTask({
    name: "generate_report",
    summary: "run a spec, or a kept run again, and keep its report",
    payload,
    limits: { timeoutSeconds: 3_600, heartbeatSeconds: 60 },
    async run({ run, spec }, { signal, progress }) {
      const [{ parseRunSpec }, { Lake, readRun, writeRun }, { keepReport }, { countedIn }, { lakePlace }] =
        await Promise.all([
          import("../../engine/backtest/mod.ts"),
          import("../../engine/lake/mod.ts"),
          import("../kept_report.ts"),
          import("../trial_counting.ts"),
          import("../lake_place.ts"),
        ]);
      const lake = new Lake(lakePlace(dataDir));
      try {
        progress(0, 2);
        const stated = parseRunSpec(spec ?? (await readRun(dataDir, run!)).manifest);
        const { record, report } = await keepReport(stated, lake, dataDir, ({ manifest }) => {
          signal.throwIfAborted();
          progress(1, 2);
          if (run === undefined || manifest.run.hash.startsWith(run)) return;
          throw new InputError("run", `run ${run} is another one on today's candles and code: deno task verify ${run}`);
        });
        const folder = await writeRun(dataDir, record, countedIn(dataDir, ledger));
        progress(2, 2);
        return { hash: record.manifest.run.hash, run: folder, report };
      } finally {
        await lake.close();
      }
    },
  });
}
