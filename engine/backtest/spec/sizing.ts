import { z } from "zod";
import type { Sizing } from "../../orders/mod.ts";
import { REMEMBERED_TRADES } from "../../risk/mod.ts";

/** Sizing of a run spec: all of the equity unless it says otherwise. */
export const sizing = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("equity-fraction"), fraction: z.number().positive().max(125) }),
  z.strictObject({ kind: z.literal("fixed-notional"), notionalQuote: z.number().positive() }),
  z.strictObject({ kind: z.literal("risk-per-trade"), fraction: z.number().positive().max(1) }),
  z.strictObject({ kind: z.literal("units"), units: z.number().positive() }),
  z.strictObject({
    kind: z.literal("volatility-target"),
    annualVolatilityFraction: z.number().positive(),
    lookbackCandles: z.int().min(2).max(100_000).default(30),
    maxFraction: z.number().positive().max(125).default(1),
  }),
  z.strictObject({
    kind: z.literal("atr-risk"),
    fraction: z.number().positive().max(1),
    atrMultiple: z.number().positive().default(2),
    atrLength: z.int().min(1).max(100_000).default(14),
  }),
  z.strictObject({
    kind: z.literal("kelly"),
    multiplier: z.number().positive().max(1).default(0.5),
    maxFraction: z.number().positive().max(125).default(1),
    minTrades: z.int().min(1).max(REMEMBERED_TRADES).default(30),
    lookbackTrades: z.int().min(1).max(REMEMBERED_TRADES).default(100),
    fallbackFraction: z.number().positive().max(125),
  }).refine(({ minTrades, lookbackTrades }) => minTrades <= lookbackTrades, {
    message: "lookbackTrades must be at least minTrades",
  }),
]).default({ kind: "equity-fraction", fraction: 1 }) satisfies z.ZodType<Sizing>;
