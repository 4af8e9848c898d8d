import { z } from "zod";
import { defineTask } from "../../engine/tasks/mod.ts";
import type { TaskSurroundings } from "./surroundings.ts";

/** Tries the kill switch where nothing trades: live trading begins only where that was done within the last week. */
export function killDrillTask({ sql, dataDir }: TaskSurroundings) {
  return defineTask({
    name: "kill_drill",
    summary: "try the kill switch at a gate that sends nothing, and write down that it works",
    payload: z.strictObject({}),
    run: async () => {
      const { drilledKill } = await import("../drilled_kill.ts"), { readSettings } = await import("../settings.ts");
      const { databaseUrl } = readSettings().values;
      return await drilledKill(sql, { dataDir, databaseUrl }, "task kill_drill");
    },
  });
}
