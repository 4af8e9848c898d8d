import { fetchWorkload } from "./fetch.ts";
import { indicatorsWorkload } from "./indicators.ts";
import { lakeWorkload } from "./lake.ts";
import { portfolioWorkload } from "./portfolio.ts";
import { protectedWorkload } from "./protected.ts";
import { queueWorkload } from "./queue.ts";
import { resampleWorkload } from "./resample.ts";
import { searchWorkload } from "./search.ts";
import { singleWorkload } from "./single.ts";
import { bracketWorkload, sweepWorkload } from "./sweep.ts";
import type { Workload } from "./workload.ts";

/** All workloads, in the order in which they are measured. */
export const workloads: readonly Workload[] = [
  singleWorkload,
  protectedWorkload,
  portfolioWorkload,
  sweepWorkload,
  bracketWorkload,
  searchWorkload,
  indicatorsWorkload,
  lakeWorkload,
  resampleWorkload,
  queueWorkload,
  fetchWorkload,
];
