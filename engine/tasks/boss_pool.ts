// What pg-boss asks of a database, answered by our own pool: its limits and its way back after the server was lost.
import type { Db } from "pg-boss";
import type { Sql } from "../database/mod.ts";

type Rows = readonly unknown[];

/** PostgreSQL's pseudo-type of a value whose type it finds out for itself. */
const UNKNOWN_TYPE = 705;

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
      const run = (on: Pick<Sql, "unsafe">): Promise<Rows> =>
        values.length === 0 ? on.unsafe(text) : on.unsafe(text, values.map(parameter) as never[], { prepare: true });
      const rows = /^\s*BEGIN\b/i.test(text) ? await onOneConnection(sql, run) : await run(sql);
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

/** A script that begins a transaction of its own must stay on one connection. */
async function onOneConnection(sql: Sql, run: (on: Pick<Sql, "unsafe">) => Promise<Rows>): Promise<Rows> {
  const connection = await sql.reserve();
  try {
    return await run(connection);
  } catch (error) {
    await connection.unsafe("rollback").catch(() => {});
    throw error;
  } finally {
    connection.release();
  }
}
