/**
 * PostgreSQL: the embedded server that every process shares, connections, transactions, the one set of migrations,
 * leases.
 * Its tests start real servers, of the package and of the system.
 *
 * @module
 */
export * from "./database.ts";
export { asHolderOf, folderOf, isThere, syncPath, unlessMissing } from "./file_lock.ts";
export * from "./private_file.ts";
export * from "./lease.ts";
export { appliedSteps, migrate, SCHEMA } from "./migrate.ts";
export { checksumOf, type Migration } from "./migration.ts";
export { migrations } from "./migrations.ts";
export type { PoolOptions, Sql, Transaction } from "./pool.ts";
export * from "./running_server.ts";
export { type ServerFiles, serverPrograms, systemServer, unpackServer } from "./server_files.ts";
export * from "./transaction.ts";
