import type { Migration } from "../migration.ts";

export const tasks: Migration = {
  version: 3,
  name: "tasks",
  sql: `
    create table task_progress (
      id uuid primary key,
      done double precision not null,
      total double precision not null,
      note text,
      at timestamptz not null default now()
    );
    create index task_progress_at on task_progress (at);
    create table task_effects (
      key text primary key,
      result text,
      at timestamptz not null default now()
    );
    create index task_effects_at on task_effects (at);
    create table task_texts (
      key text primary key,
      text text not null,
      at timestamptz not null default now()
    );
    create index task_texts_at on task_texts (at);
  `,
};
