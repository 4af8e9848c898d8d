import type { Migration } from "../migration.ts";

/** What else an account in the mode `live` must keep to, and for which key at which host its mode was raised. */
export const modeTerms: Migration = {
  version: 8,
  name: "mode terms",
  sql: `
    alter table account_modes
      add column max_order_quote double precision check (max_order_quote > 0),
      add column max_daily_entries int check (max_daily_entries > 0),
      add column key_fingerprint text,
      add column key_host text;
  `,
};
