import { openDatabase, type OpenOptions, type Sql } from "../engine/database/mod.ts";
import { readSettings } from "./settings.ts";

/**
 * The database that the settings name, for one command: `await using` closes it.
 *
 * @param command As the server is to list its connections.
 */
export async function openedDatabase(
  command: string,
  options: OpenOptions = {},
): Promise<AsyncDisposable & { readonly sql: Sql }> {
  const { sql, close } = await openDatabase(readSettings().values, {
    ...options,
    applicationName: `crypto-trader ${command}`,
  });
  return { sql, [Symbol.asyncDispose]: close };
}
