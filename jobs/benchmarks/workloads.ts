import { indicatorsWorkload } from "./indicators.ts";
import { resampleWorkload } from "./resample.ts";
import type { Workload } from "./workload.ts";

/** All workloads, in the order in which they are measured. */
export const workloads: readonly Workload[] = [resampleWorkload, indicatorsWorkload];
