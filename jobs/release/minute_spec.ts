import { parseRunSpec, type RunSpec } from "../../engine/backtest/mod.ts";
import type { SeededMarket } from "../../engine/exchanges/mod.ts";

/** A strategy on minutes of all markets of a loopback exchange, as the runs trade it that kill its processes. */
export function minuteSpec(
  strategy: string,
  markets: readonly SeededMarket[],
  params: Readonly<Record<string, unknown>> = {},
): RunSpec {
  return parseRunSpec({
    strategy,
    params,
    markets: markets.map(({ symbol, tick, lot, minNotional }) => ({
      exchange: "loopback",
      ...{ symbol, tick, lot, minNotional },
    })),
    timeframe: "1m",
    account: { cashQuote: 100_000, exitsLock: true },
    sizing: { kind: "equity-fraction", fraction: 0.2 },
  });
}
