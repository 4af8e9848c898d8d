import type { Migration } from "../migration.ts";

/** What each account may do at most. An account without a row may do no more than research. */
export const modes: Migration = {
  version: 6,
  name: "modes",
  sql: `
    create table account_modes (
      account text primary key,
      mode text not null,
      max_position_quote double precision check (max_position_quote > 0),
      max_daily_loss_quote double precision check (max_daily_loss_quote > 0),
      until_ms bigint
    );
  `,
};
