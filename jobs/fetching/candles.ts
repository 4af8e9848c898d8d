import { InputError } from "../../engine/errors/mod.ts";
import { downloadCandles, listingStart } from "../../engine/exchanges/mod.ts";
import { DownloadStore } from "../../engine/lake/mod.ts";
import { instrument } from "../../engine/market/mod.ts";
import { systemClock } from "../../engine/time/mod.ts";
import { interruption } from "../interruption.ts";
import { lakePlace } from "../lake_place.ts";
import { answer, table } from "../output.ts";
import { lateProgress } from "../progress.ts";
import { readSettings } from "../settings.ts";
import { countOf, exchangeOf, type FetchFlags, rangeOf, timeframesOf } from "./fetch_flags.ts";
import { openProviders, type Providers } from "./providers.ts";

/** `candles fetch`: what the lake does not have, from the market's venue, and from others when it fails. */
export async function fetchCandles(flags: FetchFlags): Promise<void> {
  const exchange = exchangeOf(flags);
  const providers = await openProviders([exchange, ...flags.failover ?? []], flags.exchangeUrl);
  await download(flags, providers, exchange, "fetch");
}

/** `candles repair`: candles that are missing between those that are there, from another venue, and marked as its own. */
export async function repairCandles(flags: FetchFlags): Promise<void> {
  const exchange = exchangeOf(flags), other = flags.fromExchange!;
  if (other === exchange) {
    throw new InputError("repair", `${exchange} itself is asked with candles fetch: name another venue to repair from`);
  }
  await download(flags, await openProviders([other], flags.exchangeUrl), exchange, "repair");
}

async function download(flags: FetchFlags, providers: Providers, exchange: string, how: "fetch" | "repair") {
  const nowMs = systemClock.now(), range = rangeOf(flags, nowMs);
  const options = {
    how,
    parallel: countOf("--parallel", flags.parallel ?? "8", 1, 64),
    revisitCandles: how === "repair" ? 0 : countOf("--revisit", flags.revisit ?? "3", 0, 1_000),
    signal: interruption,
  };
  const timeframes = timeframesOf(flags), results = [];
  const store = new DownloadStore(lakePlace(readSettings().values.dataDir)), shown = lateProgress(how);
  try {
    const markets = [];
    for (const symbol of new Set(flags.symbol)) {
      const own = instrument({ exchange, symbol });
      if (how === "repair") {
        for (const timeframe of timeframes) {
          const kept = await store.kept({ instrument: own, timeframe });
          if (kept.length === 0) continue;
          const fromMs = Math.max(range.fromMs, kept.openTimeMs[0]!) as typeof range.fromMs;
          const toMs = Math.min(range.toMs, kept.openTimeMs.at(-1)!) as typeof range.toMs;
          markets.push({ fromMs, toMs, wanted: [{ instrument: own, timeframe }] });
        }
        continue;
      }
      const fromMs = await listingStart(providers.group, own, range, interruption) ?? range.toMs;
      markets.push({
        fromMs,
        toMs: range.toMs,
        wanted: timeframes.map((timeframe) => ({ instrument: own, timeframe })),
      });
    }
    // Markets that begin together are fetched together.
    for (const group of Map.groupBy(markets, ({ fromMs, toMs }) => `${fromMs}-${toMs}`).values()) {
      const { fromMs, toMs } = group[0]!;
      const progress = (done: number, total: number, market: string) => shown.advance(done, total, market);
      const wanted = group.flatMap((own) => own.wanted);
      results.push(
        ...await downloadCandles(wanted, providers.group, store, systemClock, {
          ...options,
          fromMs,
          toMs,
          progress,
        }),
      );
    }
  } finally {
    shown.end();
    await store.close();
    await providers.close();
  }
  report(flags, results, providers);
}

function report(
  flags: FetchFlags,
  results: Awaited<ReturnType<typeof downloadCandles>>,
  { switches }: Providers,
): void {
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
