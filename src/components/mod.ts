/**
 * What pages are made of. The site build bundles it, with the part of the engine that it uses, into `src/built/`.
 *
 * @module
 */
export * from "./account_card.ts";
export * from "./card.ts";
export * from "./crossing_explorer.ts";
export * from "./columns.ts";
export * from "./drawdown_card.ts";
export * from "./key_figures.ts";
export * from "./metric_card.ts";
export * from "./monthly_card.ts";
export * from "./no_runs.ts";
export * from "./portfolio_cards.ts";
export * from "./price_card.ts";
export * from "./distribution_card.ts";
export * from "./rolling_card.ts";
export * from "./run_header.ts";
export * from "./run_identity.ts";
export * from "./run_overview_chart.ts";
export * from "./run_table.ts";
export * from "./tail_risk_card.ts";
export * from "./trade_card.ts";
export * from "./venue_card.ts";
export * from "./cost_card.ts";
export * from "./entry_card.ts";
export * from "./history_card.ts";
export * from "./order_card.ts";
export * from "./verdict_findings.ts";
export * from "./verdict_header.ts";
export * from "./verdict_table.ts";
export * from "./year_card.ts";
export * from "./study_cards.ts";
export * from "./study_table.ts";
export * from "./walk_cards.ts";
