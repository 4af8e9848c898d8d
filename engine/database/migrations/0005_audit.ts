import type { Migration } from "../migration.ts";

/**
 * The audit log. Nobody changes its rows: a trigger says so to everybody, and rows are written under a role that has no
 * such right. Where our user may not make roles, as on some shared servers, an administrator can, by the same name.
 */
export const audit: Migration = {
  version: 5,
  name: "audit",
  sql: `
    create table audit_log (
      seq bigint primary key check (seq > 0),
      at_ms bigint not null,
      actor text not null,
      mode text not null,
      action text not null,
      subject text not null,
      before_hash text,
      after_hash text,
      prev_hash text not null unique,
      hash text not null unique
    );
    create index audit_log_by_action on audit_log (action, seq);

    create function refuse_audit_change() returns trigger language plpgsql as $$
    begin
      raise exception 'rows of the audit log are never changed' using errcode = '55000';
    end $$;
    create trigger append_only before update or delete on audit_log for each row execute function refuse_audit_change();
    create trigger never_emptied before truncate on audit_log for each statement execute function refuse_audit_change();

    do $$
    begin
      if to_regrole('crypto_trader_audit') is null then create role crypto_trader_audit nologin; end if;
    exception when insufficient_privilege or duplicate_object or unique_violation then null;
    end $$;
    do $$
    begin
      if to_regrole('crypto_trader_audit') is null then return; end if;
      execute format('grant usage on schema %I to crypto_trader_audit', current_schema());
      grant select, insert on audit_log to crypto_trader_audit;
      execute format('grant crypto_trader_audit to %I', current_user);
    exception when insufficient_privilege then null;
    end $$;
  `,
};
