// What `candles fetch --kind` can fetch: one line a kind.
import { UsageError } from "../../engine/errors/mod.ts";
import { fetchCandles, fetchTradedCandles } from "./candles.ts";
import type { FetchFlags } from "./fetch_flags.ts";
import { fetchFunding } from "./funding.ts";
import { fetchListings } from "./listings.ts";

type Fetch = (flags: FetchFlags) => Promise<void>;

/** Kinds of data, and how each comes from a venue into the lake. */
const FETCH_KINDS: Readonly<Record<string, Fetch>> = {
  candles: fetchCandles,
  trades: fetchTradedCandles,
  funding: fetchFunding,
  listings: fetchListings,
};

/** The fetch of a kind. @throws {UsageError} for one that does not exist. */
export function fetchKind(kind: string): Fetch {
  if (Object.hasOwn(FETCH_KINDS, kind)) return FETCH_KINDS[kind]!;
  throw new UsageError(`--kind cannot be "${kind}": it is one of ${Object.keys(FETCH_KINDS).join(", ")}`);
}
