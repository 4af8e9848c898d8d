import { z } from "zod";

const fraction = z.number().positive();
const candles = z.int().positive();
const guard = { trades: z.int().positive(), withinCandles: candles, pauseCandles: candles };

/** Limits of a run spec: none unless stated. */
export const limits = z.strictObject({
  maxPositions: z.int().positive().optional(),
  maxExposureFraction: fraction.optional(),
  maxAssetExposureFraction: fraction.optional(),
  shrinkToFit: z.boolean().optional(),
  maxPriceDistanceFraction: fraction.optional(),
  maxEntriesPerDay: z.int().positive().optional(),
  maxDailyLossFraction: fraction.max(1).optional(),
  maxDrawdownFraction: fraction.max(1).optional(),
  cooldownCandles: candles.optional(),
  stopGuard: z.strictObject({ ...guard, perMarket: z.boolean().exactOptional() }).optional(),
  drawdownGuard: z.strictObject({ ...guard, maxDrawdownFraction: fraction }).optional(),
  lowProfit: z.strictObject({ ...guard, minReturnFraction: z.number(), pauseCandles: candles.exactOptional() })
    .optional(),
  maxCorrelation: z.strictObject({ coefficient: z.number().min(-1).max(1), withinCandles: z.int().min(2).max(10_000) })
    .optional(),
}).prefault({});
