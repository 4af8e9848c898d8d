import { z } from "zod";

/** A market of a run spec. */
export const market = z.strictObject({
  exchange: z.string(),
  symbol: z.string(),
  kind: z.enum(["spot", "linear", "inverse"]).optional(),
  contractSize: z.string().optional(),
  /** The venue's table of maintenance margins; see `MarginTier`. */
  marginTiers: z.array(z.strictObject({
    fromNotional: z.number().min(0),
    maintenanceRate: z.number(),
    maintenanceAmount: z.number().exactOptional(),
    maxLeverage: z.number().exactOptional(),
  })).min(1).readonly().optional(),
  tick: z.string().optional(),
  lot: z.string().optional(),
  minNotional: z.string().optional(),
  feeAsset: z.enum(["received", "quote"]).optional(),
  feeDecimals: z.number().int().min(0).max(24).optional(),
  /** Fees of this market in place of the account's. */
  makerBps: z.number().optional(),
  takerBps: z.number().optional(),
  /** ISO text: from when and until when it was traded at its venue. */
  listedAt: z.string().optional(),
  delistedAt: z.string().optional(),
});
