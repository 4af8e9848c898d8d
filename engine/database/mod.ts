/**
 * PostgreSQL: the embedded server that every process shares, connections, transactions. Knows no table of its own.
 * Its tests start real servers, of the package and of the system.
 *
 * @module
 */
export * from "./database.ts";
export type { PoolOptions, Sql, Transaction } from "./pool.ts";
export { type ServerFiles, serverPrograms, systemServer, unpackServer } from "./server_files.ts";
