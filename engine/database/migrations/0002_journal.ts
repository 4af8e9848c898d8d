import type { Migration } from "../migration.ts";

/** Money is NUMERIC, moments are whole milliseconds. Events are the truth; orders and fills are what they come to. */
export const journal: Migration = {
  version: 2,
  name: "journal",
  sql: `
    create table sessions (
      id text primary key,
      account text not null,
      mode text not null,
      epoch bigint not null,
      started_at_ms bigint not null,
      ended_at_ms bigint,
      end_reason text,
      settings jsonb not null
    );
    create index sessions_by_account on sessions (account, started_at_ms);

    create table journal_events (
      sequence bigint generated always as identity primary key,
      account text not null,
      session_id text not null references sessions (id),
      epoch bigint not null,
      kind text not null,
      version int not null,
      time_ms bigint not null,
      body jsonb not null
    );
    create index journal_events_by_account on journal_events (account, sequence);
    create index journal_events_by_session on journal_events (session_id);
    create index journal_events_by_time on journal_events (time_ms);

    create function refuse_change() returns trigger language plpgsql as $$
    begin
      if tg_op = 'DELETE' and current_setting('crypto_trader.archived', true) = 'yes' then return old; end if;
      raise exception 'rows of % are never changed: write a row that corrects them', tg_table_name using errcode = '55000';
    end $$;
    create trigger append_only before update or delete on journal_events for each row execute function refuse_change();

    create table orders (
      account text not null,
      client_order_id text not null,
      session_id text not null references sessions (id),
      epoch bigint not null,
      instrument text not null,
      slot text not null,
      decided_at_ms bigint not null,
      quantity numeric(38, 12) not null check (quantity > 0),
      sized_at_fill boolean not null,
      filled numeric(38, 12) not null default 0,
      state text not null,
      is_open boolean not null default true,
      intent jsonb not null,
      primary key (account, client_order_id)
    );
    create index orders_open on orders (account) where is_open;
    create index orders_by_decision on orders (account, decided_at_ms);
    create index orders_by_session on orders (session_id);

    create table fills (
      account text not null,
      trade_id text not null,
      venue text not null,
      client_order_id text not null,
      session_id text not null references sessions (id),
      instrument text not null,
      side text not null check (side in ('buy', 'sell')),
      price numeric(38, 12) not null check (price > 0),
      quantity numeric(38, 12) not null check (quantity > 0),
      fee numeric(60, 24) not null,
      fee_asset text not null,
      fee_from text not null,
      fee_worth_quote numeric(60, 24),
      liquidity text not null,
      time_ms bigint not null,
      verdict text not null,
      primary key (venue, account, trade_id)
    );
    create index fills_by_time on fills (account, time_ms);
    create index fills_by_order on fills (account, client_order_id);
    create index fills_by_session on fills (session_id);
    create trigger append_only before update or delete on fills for each row execute function refuse_change();

    create table adjustments (
      account text not null,
      id text not null,
      session_id text not null references sessions (id),
      asset text not null,
      amount numeric(60, 24) not null,
      reason text not null,
      time_ms bigint not null,
      primary key (account, id)
    );
    create index adjustments_by_session on adjustments (session_id);
    create trigger append_only before update or delete on adjustments for each row execute function refuse_change();

    -- What rows that were archived came to: sums go on from here.
    create table archived_sums (
      account text not null,
      kind text not null check (kind in ('position', 'fee', 'adjusted')),
      key text not null,
      amount numeric(60, 24) not null,
      primary key (account, kind, key)
    );

    create table commands (
      id text primary key,
      account text not null,
      kind text not null,
      body jsonb not null,
      state text not null check (state in ('asked', 'taken', 'done', 'refused')),
      asked_by text not null,
      asked_at_ms bigint not null,
      taken_by text,
      taken_at_ms bigint,
      ended_at_ms bigint,
      answer jsonb
    );
    create index commands_waiting on commands (account, asked_at_ms) where state = 'asked';

    create table certificates (
      session_id text primary key references sessions (id),
      hash text not null,
      made_at_ms bigint not null,
      body jsonb not null
    );
  `,
};
