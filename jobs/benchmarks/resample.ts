import { resample } from "../../engine/market/mod.ts";
import { timeframe } from "../../engine/time/mod.ts";
import { fastestMs, type Workload } from "./workload.ts";

/** A year of minutes made into hours. */
export const resampleWorkload: Workload = {
  name: "resample",
  async run(walk) {
    const hour = timeframe("1h");
    const ms = await fastestMs(5, () => resample(walk, hour));
    return [{ workload: "resample", figure: "year_of_minutes_to_hours", ours: ms, unit: "ms", moreIsBetter: false }];
  },
};
