/**
 * The truth of trading in PostgreSQL: intents, orders, fills, adjustments, sessions, commands, certificates. Decides
 * nothing. Its tests run on the embedded server and on the system's; the conformance suite also on the journal in memory.
 *
 * @module
 */
export { type AccountDay, accountDay } from "./account_day.ts";
export * from "./account_fills.ts";
export type { Archive, ArchivedColumn, ArchivedFile, ArchivedRows } from "./archive.ts";
export { backup, type BackupManifest, readManifest, restore } from "./backup.ts";
export { eventOf, type StoredEvent, storedForm, type Upcasts, upcasts } from "./event_form.ts";
export * from "./postgres_journal.ts";
export * from "./read_orders.ts";
export { type BatchRows, type OrderBatch, readBatchRows, recordBatch } from "./record_batch.ts";
export * from "./record_order.ts";
export type { Scope } from "./scope.ts";
export * from "./retention.ts";
export * from "./session_log.ts";
export * from "./sessions.ts";
export * from "./verify_journal.ts";
