// What venues publish beside candles, as a run uses it.
import { InputError } from "../errors/mod.ts";
import { type CandleColumns, candlesBetween, fundingAround, type FundingColumns } from "../market/mod.ts";
import type { InstrumentFeed } from "../simulator/mod.ts";
import { barClose, type Timeframe, timeframe, type TimestampMs } from "../time/mod.ts";
import { fingerprint, sha256Of } from "./fingerprint.ts";
import type { MarketSpec, RunData, RunSpec } from "./run_spec.ts";

/** Funding and candles of the mark price of one market, or either. */
export interface VenueFeed {
  readonly funding?: FundingColumns;
  readonly mark?: CandleColumns;
}

/** True where the funding of a market is charged: of contracts only. */
export function usesFunding({ account }: Pick<RunSpec, "account">, market: MarketSpec | undefined): boolean {
  return account.funding === true && isContract(market);
}

/** True where the mark price of a market decides. */
export function usesMark({ account }: Pick<RunSpec, "account">, market: MarketSpec | undefined): boolean {
  return account.markPrice === true && isContract(market);
}

const isContract = (market: MarketSpec | undefined) => (market?.kind ?? "spot") !== "spot";

/** Timeframe of a run's mark prices: orders and liquidations meet the same candles. */
export function feedTimeframe({ timeframe: own, detail }: Pick<RunSpec, "timeframe" | "detail">): Timeframe {
  return timeframe(detail ?? own);
}

/**
 * The feeds of a run, cut to its candles; undefined where its account uses none.
 *
 * @param feeds In any order: they belong to the contracts by their instruments.
 * @throws {InputError} `funding` or `mark` when a contract of the run has none.
 */
export function usedFeeds(
  spec: RunSpec,
  candles: readonly CandleColumns[],
  feeds: readonly VenueFeed[],
): InstrumentFeed[] | undefined {
  if (!spec.account.funding && !spec.account.markPrice) return undefined;
  const length = feedTimeframe(spec);
  return candles.filter((own) => own.timeframe === spec.timeframe).map((own, i) => {
    const { id } = own.instrument,
      charged = usesFunding(spec, spec.markets[i]),
      marked = usesMark(spec, spec.markets[i]);
    const fromMs = own.openTimeMs[0] as TimestampMs;
    const toMs = barClose(own.timeframe, own.openTimeMs[own.length - 1] as TimestampMs);
    const funding = feeds.find((feed) => feed.funding?.instrument.id === id)?.funding;
    const mark = feeds.find((feed) => feed.mark?.instrument.id === id)?.mark;
    if (charged && funding === undefined) {
      throw new InputError("funding", `the run charges funding and there is none of ${id}: import or pass it`);
    }
    if (marked && mark === undefined) {
      throw new InputError("mark", `the run uses mark prices and there are none of ${id}: import or pass them`);
    }
    if (mark !== undefined && mark.timeframe !== length) {
      throw new InputError("mark", `mark prices of ${id} are of ${mark.timeframe}: use those of ${length}`);
    }
    return {
      funding: charged ? fundingAround(funding!, fromMs, toMs) : null,
      mark: marked ? candlesBetween(mark!, fromMs, toMs) : null,
      fromMs,
      toMs,
    };
  });
}

/** What the manifest says of a market's feed. */
export async function feedFingerprint({ funding, mark }: InstrumentFeed): Promise<Pick<RunData, "funding" | "mark">> {
  return {
    ...(funding === null ? {} : {
      funding: {
        sha256: await sha256Of([funding.timeMs, funding.rate, funding.intervalMs, funding.markPrice]),
        settlements: funding.length,
      },
    }),
    ...(mark === null ? {} : { mark: { sha256: (await fingerprint(mark)).sha256, candles: mark.length } }),
  };
}
