// Test support only: what somebody with all rights in the database may do to the audit chain.
import type { Transaction } from "../database/mod.ts";
import { type AuditRow, hashOfRow } from "../security/audit_row.ts";

/** A whole number from 0 up to a limit that is not included. */
export type Draw = (limit: number) => number;

type Tampering = (tx: Transaction, rows: readonly AuditRow[], draw: Draw) => Promise<unknown>;

const TEXTS = ["actor", "mode", "action", "subject", "before_hash", "after_hash", "prev_hash", "hash"] as const;

/** By name. */
export const TAMPERINGS: Readonly<Record<string, Tampering>> = {
  "a text is edited": (tx, rows, draw) => {
    const { seq } = rows[draw(rows.length)]!, column = TEXTS[draw(TEXTS.length)]!;
    return tx`update audit_log set ${tx(column)} = 'x' || coalesce(${tx(column)}, '') where seq = ${seq}`;
  },
  "a text is moved to the field before it": (tx, rows, draw) => {
    const { seq } = rows[draw(rows.length)]!;
    return tx`update audit_log set actor = actor || left(mode, 1), mode = substr(mode, 2) where seq = ${seq}`;
  },
  "an absent hash is made an empty one": (tx, rows, draw) => {
    const absent = rows.filter(({ beforeHash }) => beforeHash === null), { seq } = absent[draw(absent.length)]!;
    return tx`update audit_log set before_hash = '' where seq = ${seq}`;
  },
  "a time is edited": (tx, rows, draw) => {
    const { seq } = rows[draw(rows.length)]!;
    return tx`update audit_log set at_ms = at_ms - ${1 + draw(1_000_000)} where seq = ${seq}`;
  },
  "a row is edited, and its hash with it": async (tx, rows, draw) => {
    const row = { ...rows[draw(rows.length)]!, subject: "nothing" };
    await tx`update audit_log set subject = ${row.subject}, hash = ${hashOfRow(row)} where seq = ${row.seq}`;
  },
  "all rows from one on are written anew": async (tx, rows, draw) => {
    const from = draw(rows.length);
    let prevHash = rows[from]!.prevHash;
    for (const [i, row] of rows.slice(from).entries()) {
      const forged = { ...row, prevHash, subject: i === 0 ? "nothing" : row.subject };
      prevHash = hashOfRow(forged);
      await tx`update audit_log set subject = ${forged.subject}, prev_hash = ${forged.prevHash}, hash = ${prevHash}
        where seq = ${row.seq}`;
    }
  },
  "rows are deleted": (tx, rows, draw) => {
    const first = 1 + draw(rows.length), last = first + draw(4);
    return tx`delete from audit_log where seq between ${first} and ${last}`;
  },
  "rows are deleted, and those behind them moved up": async (tx, rows, draw) => {
    const seq = 1 + draw(rows.length - 1);
    await tx`delete from audit_log where seq = ${seq}`;
    for (const row of rows.slice(seq)) await tx`update audit_log set seq = ${row.seq - 1} where seq = ${row.seq}`;
  },
  "two rows are exchanged": async (tx, rows, draw) => {
    const one = 1 + draw(rows.length - 1), other = one + 1 + draw(rows.length - one);
    await tx`update audit_log set seq = 1000000 where seq = ${one}`;
    await tx`update audit_log set seq = ${one} where seq = ${other}`;
    await tx`update audit_log set seq = ${other} where seq = 1000000`;
  },
  "the tail is cut off": (tx, rows, draw) => tx`delete from audit_log where seq > ${draw(rows.length)}`,
  "all is deleted": (tx) => tx`delete from audit_log`,
  "a row is put in again": (tx, rows, draw) => {
    const { seq } = rows[draw(rows.length)]!, extra = rows.length + 1;
    return tx`insert into audit_log select ${extra}, at_ms, actor, mode, action, subject, before_hash, after_hash,
      prev_hash, hash from audit_log where seq = ${seq}`;
  },
};

/** Takes away what keeps a superuser from doing it. */
export async function disarmAudit(tx: Transaction): Promise<void> {
  await tx`alter table audit_log disable trigger all`;
  await tx`alter table audit_log drop constraint audit_log_prev_hash_key, drop constraint audit_log_hash_key`;
}
