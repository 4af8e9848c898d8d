/**
 * Figures of returns, accounts and trades, and the document that pages show of a run. Every figure is null where it is
 * not defined, never NaN; every convention stands in the catalog. Knows no backtest, no file and no page.
 *
 * @module
 */
export * from "./metric_catalog.ts";
export * from "./report_document.ts";
