import type { Instrument } from "../../market/mod.ts";
import { MINUTE_MS, type TimestampMs } from "../../time/mod.ts";
import type { VenueFunding } from "../exchange.ts";
import type { ProviderGroup } from "../provider_group.ts";
import type { TimeSpan } from "./candle_store.ts";

/** No venue settles more often; nothing is asked for in what is left of a stretch that is shorter. */
const SHORTEST_STEP_MS = 60 * MINUTE_MS;

/**
 * All settlements of a contract in a stretch, oldest first. Some venues give the beginning of what is asked for and some
 * its end, each as much as it likes: what a page leaves on either side is asked for until nothing comes.
 */
export async function fundingHistory(
  group: ProviderGroup,
  { symbol }: Instrument,
  span: TimeSpan,
  signal?: AbortSignal,
): Promise<{ readonly rows: readonly VenueFunding[]; readonly requests: number }> {
  const found = new Map<number, VenueFunding>(), left: TimeSpan[] = [span];
  let requests = 0;
  for (let own = left.pop(); own !== undefined; own = left.pop()) {
    const { fromMs, toMs } = own;
    requests++;
    const { value: rows } = await group.ask(
      `funding of ${symbol}`,
      (exchange) => exchange.funding({ symbol, fromMs, toMs }),
      signal === undefined ? {} : { signal },
    );
    if (rows.length === 0) continue;
    for (const row of rows) found.set(row.timeMs, row);
    const afterMs = rows.at(-1)!.timeMs + 1 as TimestampMs;
    const sides: TimeSpan[] = [{ fromMs, toMs: rows[0]!.timeMs }, { fromMs: afterMs, toMs }];
    left.push(...sides.filter((side) => side.toMs - side.fromMs >= SHORTEST_STEP_MS));
  }
  return { rows: [...found.values()].sort((a, b) => a.timeMs - b.timeMs), requests };
}
