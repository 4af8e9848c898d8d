import { z } from "zod";
import type { SlippageSpec } from "../../simulator/mod.ts";

const share = z.number().min(0);
const slippage = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("fixed"), bps: share }),
  z.strictObject({ kind: z.literal("volume-share"), halfSpreadBps: share, impactBps: share }),
  z.strictObject({ kind: z.literal("square-root"), halfSpreadBps: share, coefficient: share }),
]) satisfies z.ZodType<SlippageSpec>;

/** Costs of a run spec: fees of 10 basis points and no slippage unless it says otherwise. */
export const costs = z.strictObject({
  makerBps: z.number().default(10),
  takerBps: z.number().default(10),
  fixedFeeQuote: z.number().min(0).default(0),
  slippage: slippage.optional(),
  /** Short for the fixed model; a manifest spells it out. */
  slippageBps: z.number().min(0).optional(),
}).refine(({ slippage, slippageBps }) => slippage === undefined || slippageBps === undefined, {
  message: "state slippage or slippageBps, not both",
}).prefault({});
