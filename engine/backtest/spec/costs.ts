import { z } from "zod";
import type { CustomModel, FeePayment, FeeTier, SlippageSpec } from "../../simulator/mod.ts";

const share = z.number().min(0);
/** A function of the run's author, by its source. */
const custom = z.strictObject({ kind: z.literal("custom"), source: z.string() }) satisfies z.ZodType<CustomModel>;
const slippage = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("none") }),
  z.strictObject({ kind: z.literal("fixed"), bps: share }),
  z.strictObject({ kind: z.literal("volume-share"), halfSpreadBps: share, impactBps: share }),
  z.strictObject({ kind: z.literal("square-root"), halfSpreadBps: share, coefficient: share }),
  custom,
]) satisfies z.ZodType<SlippageSpec | CustomModel>;
const tier = z.strictObject({
  fromVolumeQuote: share,
  makerBps: z.number(),
  takerBps: z.number(),
}) satisfies z.ZodType<FeeTier>;
const payFeesIn = z.strictObject({
  asset: z.string().regex(/^[A-Z0-9]+$/, "an asset is written like BNB"),
  balance: share,
  priceQuote: z.union([
    z.number().positive(),
    z.array(z.strictObject({ from: z.string(), priceQuote: z.number().positive() })).min(1),
  ]),
  discountFraction: share.max(1).default(0),
}) satisfies z.ZodType<FeePayment>;

/** Costs of a run spec: fees of 10 basis points and no slippage unless it says otherwise. */
export const costs = z.strictObject({
  makerBps: z.number().default(10),
  takerBps: z.number().default(10),
  tiers: z.array(tier).min(1).optional(),
  fees: custom.optional(),
  fixedFeeQuote: z.number().min(0).default(0),
  payFeesIn: payFeesIn.optional(),
  slippage: slippage.optional(),
  /** Short for the fixed model; a manifest spells it out. */
  slippageBps: z.number().min(0).optional(),
  reserveBps: z.number().min(0).max(10_000).optional(),
}).refine(({ slippage, slippageBps }) => slippage === undefined || slippageBps === undefined, {
  message: "state slippage or slippageBps, not both",
}).prefault({});
