/**
 * Orders: what is wanted, how it lives, what was executed, and the ports to those who write it down and carry it out.
 * Decides nothing and sends nothing.
 *
 * @module
 */
export * from "./charge.ts";
export * from "./client_order_id.ts";
export * from "./fill.ts";
export * from "./journal.ts";
export * from "./journal_entry.ts";
export * from "./journal_event.ts";
export * from "./journal_state.ts";
export * from "./memory_order_journal.ts";
export * from "./order_journal.ts";
export * from "./order_intent.ts";
export * from "./order_state.ts";
export * from "./order_terms.ts";
export * from "./position.ts";
export * from "./proof.ts";
export * from "./recorded_fill.ts";
export * from "./sizing.ts";
export * from "./standing_fills.ts";
export * from "./trail.ts";
export * from "./venue.ts";
