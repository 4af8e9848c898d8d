/**
 * Trading sessions: inputs that are durable before what follows from them, orders that are sent once, an account that is
 * compared with the venue's again and again, and the world of faults that all of it is tried in.
 *
 * @module
 */
export { shrinkWorld, type ShrunkWorld } from "./world/shrink.ts";
export { PAST_SEEDS, type PastSeed } from "./world/past_seeds.ts";
export { firedByNumber, NOT_IN_WORLD } from "./world/world_faults.ts";
export { World, type WorldOptions, type WorldResult } from "./world/world.ts";
export { sessionTag } from "./session_tag.ts";
export { feeRevisionId, withRevisedFees } from "./fee_revision.ts";
export { EntryRate } from "./entry_rate.ts";
export { HostGuard, MOST_SKEW_MS } from "./host_guard.ts";
export { venueSkewMs } from "./venue_skew.ts";
export { type KillDrill, killDrill } from "./kill_drill.ts";
export { type KillOrder, KillSwitch } from "./kill_switch.ts";
export { PostgresLease, PostgresSession } from "./postgres_session.ts";
export { sentencesOf } from "./session_words.ts";
export { DECISION_LASTS_MS, type TradingMode } from "./session_gate.ts";
export { type GuardSide, SessionRunner } from "./session_runner.ts";
export { SendLock } from "./watchdog/send_lock.ts";
export { SessionReplica } from "./watchdog/session_replica.ts";
export { spooledOrders, SpoolFile } from "./watchdog/spool_file.ts";
export { Watchdog, type WatchReport } from "./watchdog/watchdog.ts";
export { SystemScheduler } from "./system_scheduler.ts";
export { listenToVenue } from "./venue_streams.ts";
export type { Alarm } from "./trading_session.ts";
export { arrivedCandle, FRESH_MS } from "./candle_feed.ts";
export { type CertifiedOrder, certifySession, type SessionCertificate } from "./certificate.ts";
export type { NamedCause } from "./parity/cause.ts";
export { sessionSpan } from "./parity/recorded_session.ts";
export {
  certifyParity,
  type OrderOutcome,
  type ParityCertificate,
  type ParityOrder,
} from "./parity/parity_certificate.ts";
