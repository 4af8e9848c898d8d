import { z } from "zod";

/** Account of a run spec: 10,000 of cash and no leverage unless it says otherwise. */
export const account = z.strictObject({
  cashQuote: z.number().positive().default(10_000),
  leverage: z.number().min(1).max(125).default(1),
}).prefault({});
