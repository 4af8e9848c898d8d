import { z } from "zod";
import type { Sizing } from "../../orders/mod.ts";

/** Sizing of a run spec: all of the equity unless it says otherwise. */
export const sizing = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("equity-fraction"), fraction: z.number().positive().max(125) }),
  z.strictObject({ kind: z.literal("fixed-notional"), notionalQuote: z.number().positive() }),
  z.strictObject({ kind: z.literal("risk-per-trade"), fraction: z.number().positive().max(1) }),
  z.strictObject({ kind: z.literal("units"), units: z.number().positive() }),
]).default({ kind: "equity-fraction", fraction: 1 }) satisfies z.ZodType<Sizing>;
