import { fundingHistory, type ProviderGroup, type TimeSpan } from "../../engine/exchanges/mod.ts";
import { Lake, type LakeRoot, storeFunding } from "../../engine/lake/mod.ts";
import { type Instrument, instrument } from "../../engine/market/mod.ts";
import { systemClock, type TimestampMs } from "../../engine/time/mod.ts";
import { interruption } from "../interruption.ts";
import { lakePlace } from "../lake_place.ts";
import { answer, table } from "../output.ts";
import { readSettings } from "../settings.ts";
import { exchangeOf, type FetchFlags, rangeOf } from "./fetch_flags.ts";
import { withProviders } from "./with_providers.ts";

/** `candles fetch --kind funding`: settlements of contracts before and after those that the lake has, of their own venue. */
export async function fetchFunding(flags: FetchFlags): Promise<void> {
  const exchange = exchangeOf(flags), range = rangeOf(flags, systemClock.now());
  const funding = await withProviders([exchange], flags.exchangeUrl, async ({ group }) => {
    const fetched = [];
    for (const symbol of new Set(flags.symbol)) {
      fetched.push(await fetchOne(instrument({ exchange, symbol }), range, group));
    }
    return fetched;
  });
  answer(flags, { funding }, () =>
    table(
      ["exchange", "symbol", "rows", "added", "requests"],
      funding.map((own) => [own.exchange, own.symbol, own.rows, own.added, own.requests]),
    ));
}

async function fetchOne(market: Instrument, range: TimeSpan, group: ProviderGroup) {
  const root = lakePlace(readSettings().values.dataDir), { exchange, symbol } = market;
  const counts = { exchange, symbol, rows: 0, added: 0, completed: 0, revised: 0, requests: 0 };
  for (const span of await unknownSpans(root, market, range)) {
    const { rows, requests } = await fundingHistory(group, market, span, interruption);
    const { added, completed, revised } = await storeFunding(root, market, rows);
    counts.rows += rows.length;
    counts.requests += requests;
    counts.added += added;
    counts.completed += completed;
    counts.revised += revised;
  }
  return counts;
}

/** What lies before the first settlement that is kept, and after the last one. */
async function unknownSpans(
  root: LakeRoot,
  { exchange, symbol }: Instrument,
  { fromMs, toMs }: TimeSpan,
): Promise<TimeSpan[]> {
  const lake = new Lake(root), all = await lake.fundingList().finally(() => lake.close());
  const kept = all.find((own) => own.exchange === exchange && own.symbol === symbol);
  if (kept === undefined) return [{ fromMs, toMs }];
  const spans = [
    { fromMs, toMs: Math.min(toMs, kept.firstTimeMs) as TimestampMs },
    // A venue writes a settlement down some seconds late: what is kept at its minute may come again, and changes nothing.
    { fromMs: Math.max(fromMs, kept.lastTimeMs + 1) as TimestampMs, toMs },
  ];
  return spans.filter((span) => span.fromMs < span.toMs);
}
