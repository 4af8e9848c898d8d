import { DAY_MS } from "../../time/mod.ts";
import type { Dialect } from "../dialect.ts";
import { BINANCE } from "./binance.ts";

/** Binance USDⓈ-M futures: 2,400 a minute, and the library counts the venue's own weights. */
export const BINANCE_USDM: Dialect = {
  ...BINANCE,
  id: "binance-usdm",
  ccxtId: "binanceusdm",
  options: { ...BINANCE.options, defaultType: "swap", fetchMarkets: { types: ["linear"] } },
  kind: "linear",
  fundingPerRequest: 1_000,
  fillSpanMs: 7 * DAY_MS,
  limit: { ...BINANCE.limit, weight: 2_400, cancelWeight: 40, tradingWeight: 30 },
  weight: (cost) => cost,
};
