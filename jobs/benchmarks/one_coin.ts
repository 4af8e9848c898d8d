import { parseRunSpec, replayOf, type RunSpecInput } from "../../engine/backtest/mod.ts";
import type { CandleColumns, InstrumentOptions } from "../../engine/market/mod.ts";
import { addNotional, notionalToNumber, ZERO_NOTIONAL } from "../../engine/money/mod.ts";
import type { BoundStrategy } from "../../engine/strategies/mod.ts";
import type { TimestampMs } from "../../engine/time/mod.ts";
import { note } from "../output.ts";
import { fastestMs, type Row } from "./workload.ts";

/** A grid so fine that it rounds nothing away: the peers trade at the prices as they are. */
const FINEST: Partial<InstrumentOptions> = {
  tick: "0.000000000001",
  lot: "0.00000001",
  feeAsset: "quote",
  feeDecimals: 24,
};

/**
 * Candles a second of a strategy that trades one coin, fee 10 basis points, 10,000,000 at the start, candle by candle
 * through the kernel that also trades live.
 */
export async function measureOneCoin(
  workload: string,
  strategy: BoundStrategy,
  walk: CandleColumns,
  part: Partial<RunSpecInput> = {},
): Promise<Row[]> {
  const { exchange, symbol } = walk.instrument;
  const spec = parseRunSpec({
    strategy: strategy.id,
    params: {},
    markets: [{ exchange, symbol, ...FINEST }],
    timeframe: walk.timeframe,
    account: { cashQuote: 10_000_000 },
    costs: { makerBps: 10, takerBps: 10 },
    sizing: { kind: "units", units: 1 },
    ...part,
  });
  const run = () => replayOf(spec, strategy, [walk], walk.openTimeMs[0] as TimestampMs);
  // As long as a peer's five runs take: a busy moment of the machine must not be all that is seen.
  const ms = await fastestMs(50, run);
  const { equity, closed } = run();
  const fees = notionalToNumber(closed.reduce((sum, { lot }) => addNotional(sum, lot.feesQuote), ZERO_NOTIONAL));
  const by = (reason: string) => closed.filter(({ lot }) => lot.exitReason === reason).length;
  note(
    `  final equity ${equity.equity.at(-1)!.toFixed(6)}, ${closed.length} trades closed (${by("stop")} by the stop, ${
      by("target")
    } by the target), fees ${fees.toFixed(6)}`,
  );
  const ours = walk.length / ms * 1000;
  return [{ workload, figure: "bars_per_second", ours, unit: "candles a second", moreIsBetter: true }];
}
