import type { Migration } from "../migration.ts";

/** Unlogged: what is in them may be lost, and is, when the server crashes; they cost no write to the log. */
export const cache: Migration = {
  version: 4,
  name: "cache",
  sql: `
    create unlogged table cache_values (
      namespace text not null,
      key text not null,
      text text not null,
      ordering double precision,
      expires_at timestamptz not null,
      primary key (namespace, key)
    );
    create index cache_values_expiry on cache_values (expires_at);
    create unlogged table cache_claims (
      namespace text not null,
      key text not null,
      owner text not null,
      about text not null,
      since timestamptz not null,
      expires_at timestamptz not null,
      primary key (namespace, key)
    );
    create unlogged table cache_days (
      namespace text not null,
      key text not null,
      first_day int not null,
      expires_at timestamptz not null,
      primary key (namespace, key)
    );
    create unlogged table cache_members (
      namespace text not null,
      key text not null,
      member text not null,
      day int not null,
      primary key (namespace, key, member)
    );
    create index cache_members_day on cache_members (namespace, key, day);
  `,
};
