import type { Migration } from "../migration.ts";

/** What trading sessions saw, in its order: whoever replays it comes to the state that the session had. */
export const sessionInputs: Migration = {
  version: 7,
  name: "session inputs",
  sql: `
    create table session_inputs (
      session_id text not null references sessions (id),
      number bigint not null,
      input text not null,
      primary key (session_id, number)
    );
    create trigger append_only before update or delete on session_inputs for each row execute function refuse_change();

    create table session_snapshots (
      session_id text primary key references sessions (id),
      after_inputs bigint not null,
      state text not null
    );
  `,
};
