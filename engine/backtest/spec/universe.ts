import { z } from "zod";

/** Universe of a run spec: every market takes entries unless it is stated. */
export const universe = z.strictObject({
  rank: z.literal("quote-volume").default("quote-volume"),
  top: z.int().min(1).max(1_000),
  lookbackDays: z.int().min(1).max(366).default(30),
  every: z.enum(["1d", "7d", "1M"]).default("1d"),
  onLeave: z.enum(["keep", "close"]).default("keep"),
});
