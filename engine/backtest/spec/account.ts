import { z } from "zod";
import { DEFAULT_LIQUIDATION, type LiquidationRules } from "../../simulator/mod.ts";

const liquidation = z.strictObject({
  feeBps: z.number().min(0).max(10_000).default(DEFAULT_LIQUIDATION.feeBps),
  settleAt: z.enum(["liquidation-price", "bankruptcy-price"]).default(DEFAULT_LIQUIDATION.settleAt),
  maintenanceOn: z.enum(["mark", "entry"]).default(DEFAULT_LIQUIDATION.maintenanceOn),
}) satisfies z.ZodType<LiquidationRules>;

/** Account of a run spec: 10,000 of cash and no leverage unless it says otherwise. */
export const account = z.strictObject({
  cashQuote: z.number().positive().default(10_000),
  leverage: z.number().min(1).max(125).default(1),
  marginMode: z.enum(["isolated", "cross"]).exactOptional(),
  positionMode: z.enum(["netting", "hedge"]).exactOptional(),
  liquidation: liquidation.exactOptional(),
  /** Charge the funding of perpetual contracts. */
  funding: z.boolean().exactOptional(),
  /** Liquidate, and value funding, by candles of the mark price. */
  markPrice: z.boolean().exactOptional(),
  /** Orders that rest hold the balance that they would sell, as at spot venues. */
  exitsLock: z.boolean().exactOptional(),
  /** Interest an hour by base asset: what is named here can be sold short on spot. */
  borrow: z.record(z.string(), z.number().min(0).lt(1)).exactOptional(),
}).prefault({});
