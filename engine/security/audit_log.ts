// The audit chain in PostgreSQL. A row is durable before the act that it tells of begins, and who cannot write it does not
// act (I14, I15).
import { inTransaction, type Sql, type Transaction } from "../database/mod.ts";
import type { Clock } from "../time/mod.ts";
import { type AnchoredChain, anchorHead, assertGoesOn, type AuditAnchor, readAnchors } from "./audit_anchors.ts";
import { type AuditSignature, readSignatures, signDaily } from "./audit_signatures.ts";
import { type AuditCheck, checkAudit } from "./audit_check.ts";
import { type AuditAct, type AuditHead, type AuditRow, nextRow, NO_ROWS } from "./audit_row.ts";

/** Two that write at once do it one after the other; the number is ours by chance. */
const LOCK = 4_402_917_355;
/** Has the right to add rows, and none to change them. */
const WRITER = "crypto_trader_audit";
const READ_AT_ONCE = 1_000;

/** Which rows are listed, the newest first. */
export interface AuditFilter {
  readonly action?: string;
  readonly subject?: string;
  readonly limit: number;
}

/** The chain, and the file of its anchors. */
export class AuditLog {
  /** @param anchors Path of the file outside of the database. */
  constructor(readonly sql: Sql, readonly anchors: string, readonly clock: Clock) {}

  /**
   * Adds a row; it is durable when the promise is kept. The anchor that follows may come later, by who anchors each minute.
   *
   * @throws {CodedError} `audit-cut` where rows were cut off: then none is added.
   */
  async append(act: AuditAct): Promise<AuditRow> {
    let written: AuditRow | undefined;
    const row = await inTransaction(this.sql, async (tx) => {
      await tx`select pg_advisory_xact_lock(${LOCK}::bigint)`;
      await assertGoesOn(this.anchors, chainOf(tx));
      const row = written = nextRow(await headOf(tx), act, this.clock.now());
      await asWriter(tx, () => insert(tx, row));
      return row;
    }, {
      settle: async (tx) =>
        (await tx`select 1 from audit_log where hash = ${written!.hash}`).length > 0 ? written : undefined,
    });
    await this.anchor();
    return row;
  }

  /**
   * Does an act that is told before it is done. One that fails is told too, and so is one of which nobody knows how it
   * ended: by its row alone.
   */
  async during<T>(act: AuditAct, work: () => Promise<T>): Promise<T> {
    await this.append(act);
    try {
      return await work();
    } catch (error) {
      const { beforeHash } = act;
      // Where this cannot be told any more, the first row stands alone, and the act's own error is the one that counts.
      await this.append({ ...act, action: `${act.action}.failed`, afterHash: beforeHash }).catch(() => {});
      throw error;
    }
  }

  /** Ties the head to the file. @throws {CodedError} `audit-cut`. */
  async anchor(): Promise<boolean> {
    return await anchorHead(this.anchors, chainOf(this.sql), this.clock.now());
  }

  /** Signs the head, once a day. @throws {CodedError} `audit-cut` where it is to be signed. */
  async sign(): Promise<boolean> {
    const chain = chainOf(this.sql);
    const headOfWhole = () => assertGoesOn(this.anchors, chain).then(() => chain.head());
    return await signDaily(this.anchors, headOfWhole, this.clock.now());
  }

  /** The newest rows first. */
  async list({ action, subject, limit }: AuditFilter): Promise<readonly AuditRow[]> {
    const { sql } = this;
    return await sql<AuditRow[]>`
      select ${columns(sql)} from audit_log where true
        ${action === undefined ? sql`` : sql`and action = ${action}`}
        ${subject === undefined ? sql`` : sql`and subject = ${subject}`}
      order by seq desc limit ${limit}`;
  }

  /** The newest row of an action; undefined where there is none. */
  async newest(action: string): Promise<AuditRow | undefined> {
    return (await this.list({ action, limit: 1 }))[0];
  }

  /** Reads the whole chain. @throws {InputError} `anchors-damaged`. */
  async verify(): Promise<AuditCheck> {
    // Anchors first: what is written meanwhile is then no cut.
    const anchors = await readAnchors(this.anchors), signatures = await readSignatures(this.anchors);
    return await inTransaction(this.sql, (tx) => checkOf(tx, anchors, signatures), {
      isolation: "repeatable read",
      readOnly: true,
    });
  }
}

/** Checks the rows that a transaction sees. */
export async function checkOf(
  tx: Transaction,
  anchors: readonly AuditAnchor[],
  signatures: readonly AuditSignature[] = [],
): Promise<AuditCheck> {
  await tx`set local statement_timeout = '10min'`;
  return await checkAudit(rowsBySeq(tx), anchors, signatures);
}

/** All rows, some at a time. */
async function* rowsBySeq(tx: Transaction): AsyncGenerator<readonly AuditRow[]> {
  await tx`declare audit_rows cursor for select ${columns(tx)} from audit_log order by seq`;
  for (;;) {
    const rows = await tx<AuditRow[]>`fetch ${(tx as unknown as Sql).unsafe(`${READ_AT_ONCE}`)} from audit_rows`;
    if (rows.length === 0) break;
    yield rows;
  }
  await tx`close audit_rows`;
}

function chainOf(sql: Sql | Transaction): AnchoredChain {
  return {
    head: () => headOf(sql),
    async hashAt(seq) {
      const [row] = await sql<{ hash: string }[]>`select hash from audit_log where seq = ${seq}`;
      return row?.hash ?? null;
    },
  };
}

async function headOf(sql: Sql | Transaction): Promise<AuditHead> {
  const [head] = await sql<AuditHead[]>`select seq, hash from audit_log order by seq desc limit 1`;
  return head === undefined ? NO_ROWS : { seq: head.seq, hash: head.hash };
}

/** Works under the role that can only add; where there is none, the trigger alone keeps rows as they are. */
async function asWriter(tx: Transaction, work: () => Promise<void>): Promise<void> {
  const [{ may }] = await tx<{ may: boolean }[]>`
    select to_regrole(${WRITER}) is not null and pg_has_role(to_regrole(${WRITER})::oid, 'member') as may`;
  if (!may) return await work();
  await tx`set local role ${tx(WRITER)}`;
  await work();
  await tx`reset role`;
}

async function insert(tx: Transaction, row: AuditRow): Promise<void> {
  await tx`insert into audit_log
      (seq, at_ms, actor, mode, action, subject, before_hash, after_hash, prev_hash, hash)
    values (${row.seq}, ${row.atMs}, ${row.actor}, ${row.mode}, ${row.action}, ${row.subject}, ${row.beforeHash},
      ${row.afterHash}, ${row.prevHash}, ${row.hash})`;
}

function columns(sql: Sql | Transaction) {
  return (sql as Sql)`seq, at_ms as "atMs", actor, mode, action, subject, before_hash as "beforeHash",
    after_hash as "afterHash", prev_hash as "prevHash", hash`;
}
