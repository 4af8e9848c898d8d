import type { Migration } from "../migration.ts";

export const leases: Migration = {
  version: 1,
  name: "leases",
  sql: `
    create table leases (
      name text primary key,
      epoch bigint not null check (epoch > 0),
      holder text not null,
      acquired_at timestamptz not null,
      expires_at timestamptz not null
    );
  `,
};
