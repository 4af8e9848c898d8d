import { smaCross } from "../../engine/strategies/mod.ts";
import { measureOneCoin } from "./one_coin.ts";
import type { Workload } from "./workload.ts";

/** One pair of averages, 10 and 50: one coin is bought and sold at the opens after the crossings. */
export const singleWorkload: Workload = {
  name: "single",
  run: (walk) => measureOneCoin("single", smaCross.bind({ fast: 10, slow: 50 }), walk),
};
