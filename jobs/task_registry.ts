// The tasks that the program knows by name: put together here, passed on as values.
import type { Task } from "../engine/tasks/mod.ts";
import { bootstrapCandles } from "./tasks/bootstrap_candles.ts";
import { generateReport } from "./tasks/generate_report.ts";
import { killDrillTask } from "./tasks/kill_drill.ts";
import { refreshCandles } from "./tasks/refresh_candles.ts";
import { retention } from "./tasks/retention.ts";
import { runSweepTask } from "./tasks/run_sweep.ts";
import type { TaskSurroundings } from "./tasks/surroundings.ts";
import { tradeChunk } from "./tasks/trade_chunk.ts";

/** All tasks, in the order in which they are listed. */
export function tasksOf(surroundings: TaskSurroundings): Task[] {
  return [bootstrapCandles, refreshCandles, generateReport, runSweepTask, retention, tradeChunk, killDrillTask]
    .map((make) => make(surroundings) as unknown as Task);
}
