/**
 * Venues: one port, adapters of one shape through ccxt, and data that change their provider when one fails. Every answer is
 * checked field by field, money stays text, and every failed call says by its effect what is known.
 *
 * @module
 */
export { AccountKey, type Credentials } from "./account_key.ts";
export type { Capabilities } from "./capabilities.ts";
export type { CandleStore, TimeSpan } from "./download/candle_store.ts";
export {
  downloadCandles,
  type DownloadedCandles,
  type DownloadOptions,
  type WantedCandles,
} from "./download/download_candles.ts";
export { allFills } from "./fill_pages.ts";
export { fuzzWire, type WireFuzz } from "./fuzz/wire_fuzz.ts";
export { WIRE_SHAPES } from "./fuzz/wire_shapes.ts";
export { fundingHistory } from "./download/funding_history.ts";
export { listingStart } from "./download/listing_start.ts";
export type * from "./exchange.ts";
export { checkExchange, DIALECTS, type ExchangeOptions, openExchange } from "./open_exchange.ts";
export { FAULT_NAMES, type FaultName, FAULTS } from "./loopback/fault.ts";
export { type FaultPlan, faultPlanSchema, Faults } from "./loopback/faults.ts";
export { coarser, Mishaps, stale } from "./loopback/mishaps.ts";
export {
  type LoopbackAccountOptions,
  type LoopbackFill,
  type LoopbackOrder,
  LoopbackVenue,
  type Refusal,
  type VenueNews,
} from "./loopback/loopback_venue.ts";
export {
  LOOPBACK_KEY,
  type LoopbackExchange,
  type LoopbackExchangeOptions,
  startLoopbackExchange,
} from "./loopback/loopback_exchange.ts";
export type { LoopbackMarket } from "./loopback/loopback_market.ts";
export { recordedMarket } from "./loopback/recorded_market.ts";
export { SeededMarket, type SeededMarketOptions } from "./loopback/seeded_market.ts";
export { VenueClock } from "./loopback/venue_clock.ts";
export { type Provided, ProviderGroup, type ProviderSwitch } from "./provider_group.ts";
