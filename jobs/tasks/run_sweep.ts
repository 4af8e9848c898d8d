import { z } from "zod";
import { defineTask } from "../../engine/tasks/mod.ts";
import type { TaskSurroundings } from "./surroundings.ts";

const value = z.union([z.number(), z.string(), z.boolean()]);
const bps = z.number().min(0).max(10_000).optional();

const payload = z.strictObject({
  strategy: z.string(),
  symbol: z.string(),
  timeframe: z.string(),
  /** Values by parameter: a list, or `5:50:5`. */
  grid: z.record(z.string(), z.union([z.array(value).min(1), z.string()])),
  exchange: z.string().optional(),
  from: z.string().optional(),
  to: z.string().optional(),
  param: z.record(z.string(), value).optional(),
  objective: z.string().default("sharpe"),
  certify: z.int().positive().optional(),
  skipRefused: z.boolean().optional(),
  cashQuote: z.number().positive().optional(),
  makerBps: bps,
  takerBps: bps,
  slippageBps: bps,
});

/** Sweeps a grid in all workers that run; the trials, the ledger and the page are those of `deno task sweep`. */
export function runSweepTask({ dataDir, ledger }: TaskSurroundings) {
  return defineTask({
    name: "run_sweep",
    summary: "backtest a grid of parameters, its chunks spread over all workers",
    payload,
    limits: { timeoutSeconds: 24 * 3_600, heartbeatSeconds: 60 },
    async run({ grid, ...stated }, { signal, progress, attempt }) {
      const [{ judgedSweep }, { gridFlag }] = await Promise.all([
        import("../judged_sweep.ts"),
        import("../grid_flag.ts"),
      ]);
      const axes = Object.entries(grid).reduce(
        (before, [name, values]) =>
          typeof values === "string" ? gridFlag(`${name}=${values}`, before) : { ...before, [name]: values },
        {},
      );
      const flags = { ...stated, grid: axes, queue: true, resume: attempt > 1 };
      const host = { signal, advance: (done: number, total: number) => progress(done, total), end: () => {} };
      const { judged, kept } = await judgedSweep(flags as Parameters<typeof judgedSweep>[0], { dataDir, ledger }, host);
      signal.throwIfAborted();
      const { best, points, trials } = judged;
      return { id: kept.id, points, trials: trials.length, best: best ?? null, counted: kept.counted };
    },
  });
}
