import { parseRunSpec, replayOf } from "../../engine/backtest/mod.ts";
import type { InstrumentOptions } from "../../engine/market/mod.ts";
import { addNotional, notionalToNumber, ZERO_NOTIONAL } from "../../engine/money/mod.ts";
import { smaCross } from "../../engine/strategies/mod.ts";
import type { TimestampMs } from "../../engine/time/mod.ts";
import { note } from "../output.ts";
import { fastestMs, type Workload } from "./workload.ts";

/** A grid so fine that it rounds nothing away: the peers trade at the prices as they are. */
export const FINEST: Partial<InstrumentOptions> = {
  tick: "0.000000000001",
  lot: "0.00000001",
  feeAsset: "quote",
  feeDecimals: 24,
};

/**
 * One pair of averages, 10 and 50, candle by candle through the kernel that also trades live: one coin is bought and
 * sold at the opens after the crossings, fee 10 basis points, 10,000,000 at the start.
 */
export const singleWorkload: Workload = {
  name: "single",
  async run(walk) {
    const { exchange, symbol } = walk.instrument;
    const spec = parseRunSpec({
      strategy: smaCross.id,
      params: {},
      markets: [{ exchange, symbol, ...FINEST }],
      timeframe: walk.timeframe,
      account: { cashQuote: 10_000_000 },
      costs: { makerBps: 10, takerBps: 10 },
      sizing: { kind: "units", units: 1 },
    });
    const strategy = smaCross.bind({ fast: 10, slow: 50 });
    const run = () => replayOf(spec, strategy, [walk], walk.openTimeMs[0] as TimestampMs);
    // As long as a peer's five runs take: a busy moment of the machine must not be all that is seen.
    const ms = await fastestMs(50, run);
    const { equity, closed } = run();
    const fees = notionalToNumber(closed.reduce((sum, { lot }) => addNotional(sum, lot.feesQuote), ZERO_NOTIONAL));
    note(`  final equity ${equity.equity.at(-1)!.toFixed(6)}, ${closed.length} trades closed, fees ${fees.toFixed(6)}`);
    const ours = walk.length / ms * 1000;
    return [{ workload: "single", figure: "bars_per_second", ours, unit: "candles a second", moreIsBetter: true }];
  },
};
