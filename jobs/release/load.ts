// The whole path from a decision to the exchange under load, with all commits (RELIABILITY G7).
import { fsyncP99Ms, LoadSite, quantileOf } from "./load_site.ts";
import type { ReleasePart } from "./release_part.ts";

/** What a run under load came to. */
export interface LoadResult {
  readonly seconds: number;
  readonly orders: number;
  readonly ordersPerSecond: number;
  readonly marketMessagesPerSecond: number;
  /** From the decision until the first byte of its order. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly fsyncP99Ms: number;
  readonly lost: number;
  readonly invented: number;
  readonly doubled: number;
  /** After garbage collection, at each tenth of the run. */
  readonly heapMb: readonly number[];
  readonly alarms: readonly string[];
}

const ORDERS_PER_SECOND = 200, SECONDS = 600, MARKETS = 90, TRADED = 40, MESSAGES_PER_SECOND = 2_000;
const SETTLE_MS = 5_000, REST_MS = 500, LEAST_BAR_MS = 50, FSYNCS = 10;
/** Of the heap's slope: what ten minutes may add, as a share. */
const MOST_GROWTH = 0.1;

/** Loads a trading process for a while. */
export async function loadRun(
  ordersPerSecond: number,
  seconds: number,
  markets = MARKETS,
  traded = TRADED,
): Promise<LoadResult> {
  const fsync = await fsyncP99Ms();
  return await LoadSite.with(
    { isCut: false, markets, traded, ordersPerSecond: ordersPerSecond * 1.03 },
    async (load) => {
      const latenciesMs: number[] = [], heapMb: number[] = [], alarms: string[] = [];
      let messages = 0;
      await load.figures();
      let passed = 0;
      for (let tenth = 0; tenth < 10; tenth++) {
        await load.ask("go");
        const startedMs = performance.now();
        await new Promise((resolve) => setTimeout(resolve, seconds * 100));
        await load.ask("rest");
        passed += (performance.now() - startedMs) / 1_000;
        // The heap is measured after a collection, which is no part of trading: nothing is decided meanwhile.
        await new Promise((resolve) => setTimeout(resolve, REST_MS));
        const own = await load.figures();
        latenciesMs.push(...own.latenciesMs);
        heapMb.push(Math.round(own.heapBytes / 1e5) / 10);
        alarms.push(...own.alarms);
        messages += own.marketMessages;
      }
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
      await load.ask("close");
      return {
        seconds: Math.round(passed),
        orders: latenciesMs.length,
        ordersPerSecond: Math.round(latenciesMs.length / passed),
        marketMessagesPerSecond: Math.round(messages / passed),
        p50Ms: rounded(quantileOf(latenciesMs, 0.5)),
        p99Ms: rounded(quantileOf(latenciesMs, 0.99)),
        maxMs: rounded(quantileOf(latenciesMs, 1)),
        fsyncP99Ms: rounded(fsync),
        ...await load.compared(),
        heapMb,
        alarms: alarms.slice(0, 20),
      };
    },
  );
}

export const loadPart: ReleasePart<LoadResult> = {
  name: "load",
  summary: "200 orders and 2,000 market messages a second for ten minutes, every order in the journal before it leaves",
  cases: ["ten minutes"],
  async work({ cases, keep }) {
    for (const name of cases) await keep(name, await loadRun(ORDERS_PER_SECOND, SECONDS));
  },
  verdict(results) {
    const [result] = [...results.values()];
    if (result === undefined) return { holds: false, figures: {} };
    const { ordersPerSecond, marketMessagesPerSecond, p99Ms, lost, invented, doubled, heapMb } = result;
    const barMs = Math.max(LEAST_BAR_MS, FSYNCS * result.fsyncP99Ms), growth = heapMb.at(-1)! / heapMb[4]! - 1;
    const isFast = ordersPerSecond >= ORDERS_PER_SECOND && marketMessagesPerSecond >= MESSAGES_PER_SECOND;
    return {
      holds: isFast && p99Ms <= barMs && lost + invented + doubled === 0 && growth <= MOST_GROWTH,
      figures: { ...result, barMs, heapGrowthOfSecondHalf: Math.round(growth * 1_000) / 1_000 },
    };
  },
};

function rounded(ms: number): number {
  return Math.round(ms * 100) / 100;
}
