import { InputError } from "../../engine/errors/mod.ts";
import {
  downloadCandles,
  type DownloadedCandles,
  type DownloadOptions,
  listingStart,
  type WantedCandles,
} from "../../engine/exchanges/mod.ts";
import { DownloadStore } from "../../engine/lake/mod.ts";
import { instrument } from "../../engine/market/mod.ts";
import { systemClock, type TimestampMs } from "../../engine/time/mod.ts";
import { interruption } from "../interruption.ts";
import { lakePlace } from "../lake_place.ts";
import { answer, table } from "../output.ts";
import { lateProgress } from "../progress.ts";
import { readSettings } from "../settings.ts";
import { countOf, exchangeOf, type FetchFlags, rangeOf, timeframesOf } from "./fetch_flags.ts";
import type { Providers } from "./providers.ts";
import { withProviders } from "./with_providers.ts";

/** `candles fetch`: what the lake does not have, from the market's venue, and from others when it fails. */
export async function fetchCandles(flags: FetchFlags): Promise<void> {
  const exchange = exchangeOf(flags);
  await withProviders(
    [exchange, ...flags.failover ?? []],
    flags.exchangeUrl,
    (providers) => download(flags, providers, exchange, "fetch"),
  );
}

/** `candles fetch --kind trades`: candles that the lake does not have, made of the trades of the market's venue. */
export async function fetchTradedCandles(flags: FetchFlags): Promise<void> {
  const exchange = exchangeOf(flags);
  await withProviders([exchange], flags.exchangeUrl, (providers) => download(flags, providers, exchange, "trades"));
}

/** `candles repair`: candles that are missing between those that are there, from another venue, and marked as its own. */
export async function repairCandles(flags: FetchFlags): Promise<void> {
  const exchange = exchangeOf(flags), other = flags.fromExchange!;
  if (other === exchange) {
    throw new InputError("repair", `${exchange} itself is asked with candles fetch: name another venue to repair from`);
  }
  await withProviders([other], flags.exchangeUrl, (providers) => download(flags, providers, exchange, "repair"));
}

type How = NonNullable<DownloadOptions["how"]>;

/** Markets and the stretch in which they are wanted. */
interface Plan {
  readonly fromMs: TimestampMs;
  readonly toMs: TimestampMs;
  readonly wanted: readonly WantedCandles[];
}

async function download(flags: FetchFlags, providers: Providers, exchange: string, how: How): Promise<void> {
  const options = {
    how,
    parallel: countOf("--parallel", flags.parallel ?? "8", 1, 64),
    revisitCandles: how === "fetch" ? countOf("--revisit", flags.revisit ?? "3", 0, 1_000) : 0,
    signal: interruption,
  };
  const store = new DownloadStore(lakePlace(readSettings().values.dataDir)), shown = lateProgress(how), results = [];
  try {
    const plans =
      await (how === "repair" ? heldMarkets(flags, exchange, store) : listedMarkets(flags, exchange, providers));
    // Markets that begin together are fetched together.
    for (const group of Map.groupBy(plans, ({ fromMs, toMs }) => `${fromMs}-${toMs}`).values()) {
      const { fromMs, toMs } = group[0]!, wanted = group.flatMap((own) => own.wanted);
      const progress = (done: number, total: number, market: string) => shown.advance(done, total, market);
      const own = { ...options, fromMs, toMs, progress };
      results.push(...await downloadCandles(wanted, providers.group, store, systemClock, own));
    }
  } finally {
    shown.end();
    await store.close();
  }
  report(flags, results, providers);
}

/** Each market from the day on which it begins at its venue. */
async function listedMarkets(flags: FetchFlags, exchange: string, { group }: Providers): Promise<Plan[]> {
  const range = rangeOf(flags, systemClock.now()), timeframes = timeframesOf(flags), plans: Plan[] = [];
  for (const symbol of new Set(flags.symbol)) {
    const own = instrument({ exchange, symbol }), fromMs = await listingStart(group, own, range, interruption);
    const wanted = timeframes.map((timeframe) => ({ instrument: own, timeframe }));
    plans.push({ fromMs: fromMs ?? range.toMs, toMs: range.toMs, wanted });
  }
  return plans;
}

/** Each market between its first and its last candle in the lake. */
async function heldMarkets(flags: FetchFlags, exchange: string, store: DownloadStore): Promise<Plan[]> {
  const range = rangeOf(flags, systemClock.now()), plans: Plan[] = [];
  for (const symbol of new Set(flags.symbol)) {
    for (const timeframe of timeframesOf(flags)) {
      const market = { instrument: instrument({ exchange, symbol }), timeframe }, kept = await store.kept(market);
      if (kept.length === 0) continue;
      const fromMs = Math.max(range.fromMs, kept.openTimeMs[0]!) as TimestampMs;
      const toMs = Math.min(range.toMs, kept.openTimeMs.at(-1)!) as TimestampMs;
      plans.push({ fromMs, toMs, wanted: [market] });
    }
  }
  return plans;
}

function report(flags: FetchFlags, results: readonly DownloadedCandles[], { switches }: Providers): void {
  const markets = results.map(({ instrument: { exchange, symbol }, ...own }) => ({ exchange, symbol, ...own }));
  const sum = (what: "added" | "revised" | "requests") => markets.reduce((total, own) => total + own[what], 0);
  const document = { added: sum("added"), revised: sum("revised"), requests: sum("requests"), markets, switches };
  answer(flags, document, () =>
    table(
      ["exchange", "symbol", "timeframe", "added", "by", "revised", "requests"],
      markets.map((own) => [
        own.exchange,
        own.symbol,
        own.timeframe,
        own.added,
        Object.entries(own.providers).map(([name, count]) => `${name} ${count}`).join(", "),
        own.revised,
        own.requests,
      ]),
    ));
  const problems = markets.filter(({ problem }) => problem !== null);
  if (problems.length > 0) throw new InputError("fetch", problems.map(({ problem }) => problem).join("; "));
}
