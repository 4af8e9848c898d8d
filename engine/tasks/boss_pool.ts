// What pg-boss asks of a database, answered by our own pool: its limits and its way back after the server was lost.
import type { Db } from "pg-boss";
import { type Sql, tryTransaction } from "../database/mod.ts";

type Rows = readonly unknown[];

/** PostgreSQL's pseudo-type of a value whose type it finds out for itself. */
const UNKNOWN_TYPE = 705;

/** A script that is a transaction of its own: it must stay on one connection, which a failure leaves as it was. */
const WHOLE_TRANSACTION = /^\s*BEGIN;(.*)\bCOMMIT;\s*$/s;

/** The pool as pg-boss wants it. */
export function bossPool(sql: Sql): Db {
  // pg-boss hands JSON over as text or as an object. Told that a parameter is JSON, the pool would make JSON of text.
  const parameter = (value: unknown) =>
    typeof value === "string"
      ? sql.typed(value as never, UNKNOWN_TYPE)
      : isPlainObject(value)
      ? sql.typed(JSON.stringify(value) as never, UNKNOWN_TYPE)
      : value;
  return {
    async executeSql(text, values = []) {
      const script = values.length === 0 ? WHOLE_TRANSACTION.exec(text) : null;
      const rows: Rows = script !== null
        ? await tryTransaction(sql, "", (transaction) => transaction.unsafe(script[1]!))
        : values.length === 0
        ? await sql.unsafe(text)
        : await sql.unsafe(text, values.map(parameter) as never[], { prepare: true });
      return { rows: rows.some(Array.isArray) ? rows.flat() : [...rows] };
    },
    async listen(channel, onNotification, onReconnect) {
      const { unlisten } = await sql.listen(channel, onNotification, onReconnect);
      return { close: unlisten };
    },
  };
}

function isPlainObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
