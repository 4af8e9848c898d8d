// The whole path from a decision to the exchange under load, with all commits (RELIABILITY G7).
import { fsyncP99Ms, LoadSite, quantileOf } from "./load_site.ts";
import type { ReleasePart } from "./release_part.ts";

/** What a tenth of a run under load came to. */
export interface LoadTenth {
  readonly marketMessagesPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly heapMb: number;
}

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
  /** Of each tenth of the run; the heap after garbage collection. */
  readonly tenths: readonly LoadTenth[];
  readonly alarms: readonly string[];
}

const ORDERS_PER_SECOND = 200, SECONDS = 600, MARKETS = 108, TRADED = 40, MESSAGES_PER_SECOND = 2_000;
/** Streams are begun one after the other: until they bring the load, or for so long at most, nothing is measured. */
const WARM_UP_MS = 240_000, WARM_UP_STEP_MS = 5_000;
const SETTLE_MS = 5_000, REST_MS = 500, LEAST_BAR_MS = 50, FSYNCS = 10;
/** Of the heap's slope: what ten minutes may add, as a share. */
const MOST_GROWTH = 0.1;

/** Loads a trading process for a while, once its streams bring so many messages a second. */
export async function loadRun(
  ordersPerSecond: number,
  seconds: number,
  messagesPerSecond = 0,
  markets = MARKETS,
  traded = TRADED,
): Promise<LoadResult> {
  const fsync = await fsyncP99Ms();
  return await LoadSite.with(
    { isCut: false, markets, traded, ordersPerSecond: ordersPerSecond * 1.03 },
    async (load) => {
      const latenciesMs: number[] = [], tenths: LoadTenth[] = [], alarms: string[] = [];
      let messages = 0;
      await warmUp(load, messagesPerSecond);
      let passed = 0;
      for (let tenth = 0; tenth < 10; tenth++) {
        await load.ask("go");
        const startedMs = performance.now();
        await new Promise((resolve) => setTimeout(resolve, seconds * 100));
        await load.ask("rest");
        const tenthSeconds = (performance.now() - startedMs) / 1_000;
        passed += tenthSeconds;
        // The heap is measured after a collection, which is no part of trading: nothing is decided meanwhile.
        await new Promise((resolve) => setTimeout(resolve, REST_MS));
        const own = await load.figures();
        latenciesMs.push(...own.latenciesMs);
        tenths.push({
          marketMessagesPerSecond: Math.round(own.marketMessages / tenthSeconds),
          p50Ms: rounded(quantileOf(own.latenciesMs, 0.5)),
          p99Ms: rounded(quantileOf(own.latenciesMs, 0.99)),
          heapMb: Math.round(own.heapBytes / 1e5) / 10,
        });
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
        tenths,
        alarms: alarms.slice(0, 20),
      };
    },
  );
}

/** Trades until the streams bring so much, so that everything is as it is in the middle of a day. */
async function warmUp(load: LoadSite, messagesPerSecond: number): Promise<void> {
  await load.ask("go");
  for (let waitedMs = 0; waitedMs < WARM_UP_MS; waitedMs += WARM_UP_STEP_MS) {
    await load.figures();
    if (messagesPerSecond === 0) break;
    await new Promise((resolve) => setTimeout(resolve, WARM_UP_STEP_MS));
    const { marketMessages } = await load.figures();
    if (marketMessages / WARM_UP_STEP_MS * 1_000 >= messagesPerSecond) break;
  }
  await load.ask("rest");
  await new Promise((resolve) => setTimeout(resolve, REST_MS));
  await load.figures();
}

export const loadPart: ReleasePart<LoadResult> = {
  name: "load",
  summary: "200 orders and 2,000 market messages a second for ten minutes, every order in the journal before it leaves",
  cases: ["ten minutes"],
  async work({ cases, keep }) {
    for (const name of cases) await keep(name, await loadRun(ORDERS_PER_SECOND, SECONDS, MESSAGES_PER_SECOND));
  },
  verdict(results) {
    const [result] = [...results.values()];
    if (result === undefined) return { holds: false, figures: {} };
    const { ordersPerSecond, marketMessagesPerSecond, p99Ms, lost, invented, doubled, tenths } = result;
    const barMs = Math.max(LEAST_BAR_MS, FSYNCS * result.fsyncP99Ms),
      growth = tenths.at(-1)!.heapMb / tenths[4]!.heapMb - 1;
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
