import { z } from "zod";

/** A market of a run spec. */
export const market = z.strictObject({
  exchange: z.string(),
  symbol: z.string(),
  kind: z.enum(["spot", "linear", "inverse"]).optional(),
  contractSize: z.string().optional(),
  tick: z.string().optional(),
  lot: z.string().optional(),
  minNotional: z.string().optional(),
  feeAsset: z.enum(["received", "quote"]).optional(),
  feeDecimals: z.number().int().min(0).max(24).optional(),
});
