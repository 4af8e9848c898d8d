import { InputError } from "../../engine/errors/mod.ts";
import { listingStart, type Market, type ProviderGroup, type TimeSpan } from "../../engine/exchanges/mod.ts";
import { type ListedMarket, storeListings } from "../../engine/lake/mod.ts";
import { type Instrument, instrument } from "../../engine/market/mod.ts";
import { formatTimestamp, systemClock } from "../../engine/time/mod.ts";
import { interruption } from "../interruption.ts";
import { lakePlace } from "../lake_place.ts";
import { answer, table } from "../output.ts";
import { readSettings } from "../settings.ts";
import { exchangeOf, type FetchFlags, rangeOf } from "./fetch_flags.ts";
import { withProviders } from "./with_providers.ts";

/** `candles fetch --kind listings`: when markets were listed, as their venue tells, or by the day of their first candle. */
export async function fetchListings(flags: FetchFlags): Promise<void> {
  const exchange = exchangeOf(flags), range = rangeOf(flags, systemClock.now());
  const listings = await withProviders([exchange], flags.exchangeUrl, async ({ group }) => {
    const { value: markets } = await group.ask(`the markets of ${exchange}`, (venue) => venue.markets(), {
      signal: interruption,
    });
    const found: ListedMarket[] = [];
    for (const symbol of new Set(flags.symbol)) {
      found.push(await listingOf(instrument({ exchange, symbol }), markets, range, group));
    }
    return found;
  });
  const { added, completed, revised } = await storeListings(
    lakePlace(readSettings().values.dataDir),
    exchange,
    listings,
  );
  answer(flags, { added, completed, revised, listings }, () =>
    table(
      ["exchange", "symbol", "listed"],
      listings.map(({ symbol, listedAtMs }) => [exchange, symbol, formatTimestamp(listedAtMs!)]),
    ));
}

async function listingOf(
  market: Instrument,
  markets: readonly Market[],
  range: TimeSpan,
  group: ProviderGroup,
): Promise<ListedMarket> {
  const { exchange, symbol } = market, told = markets.find((own) => own.symbol === symbol)?.listedAtMs;
  const listedAtMs = told ?? await listingStart(group, market, range, interruption);
  if (listedAtMs === null) {
    throw new InputError("listings", `${exchange} has no candles of ${symbol} in that range: state an earlier --from`);
  }
  return { exchange, symbol, listedAtMs, delistedAtMs: null, renamedTo: null };
}
