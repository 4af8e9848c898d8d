import { InputError } from "../errors/mod.ts";
import { bucketAddress, type BucketOptions, urlStyleOf } from "./bucket_options.ts";
import { type Database, literal, openDatabase } from "./duckdb.ts";

export type { Database } from "./duckdb.ts";

/**
 * Opens DuckDB with the extension httpfs and the keys of one bucket, of which SQL reaches what lies below the lake's
 * address, and of this machine the scratch folder and the further ones.
 *
 * @throws {InputError} `httpfs` when the extension is neither there nor to be had.
 */
export async function openBucketDatabase(
  root: string,
  folders: readonly string[],
  options: BucketOptions,
  threads?: 1,
): Promise<Database> {
  await Deno.mkdir(options.scratch, { recursive: true });
  return await openDatabase([options.scratch, `${root}/`, ...folders], threads, async (connection) => {
    const run = (sql: string) => connection.run(sql);
    try {
      if (options.httpfs !== undefined) await run(`load ${literal(options.httpfs)}`);
      else {
        await run(`set extension_directory = ${literal(`${options.scratch}/extensions`)}`);
        await run("install httpfs");
        await run("load httpfs");
      }
    } catch (cause) {
      throw noExtension(options, cause);
    }
    await run(secretSql(root, options));
  });
}

function noExtension({ httpfs }: BucketOptions, cause: unknown): InputError {
  const problem = httpfs === undefined
    ? "DuckDB's extension httpfs, which reads lakes in buckets, could not be downloaded from extensions.duckdb.org"
    : `DuckDB's extension httpfs could not be loaded from ${httpfs}`;
  return new InputError(
    "httpfs",
    `${problem}: let this machine reach that host once, or name the file of the extension for DuckDB 1.5.5 by ` +
      "LAKE_HTTPFS (the Python package duckdb-extension-httpfs of that version holds it)",
    { cause },
  );
}

/** The keys are held by DuckDB, which shows them to no query. */
function secretSql(root: string, options: BucketOptions): string {
  const { accessKeyId, secretAccessKey, sessionToken, region, endpoint } = options;
  const parts = [
    "type s3",
    `key_id ${literal(accessKeyId)}`,
    `secret ${literal(secretAccessKey.reveal())}`,
    `region ${literal(region)}`,
    `scope ${literal(`s3://${bucketAddress(root).bucket}`)}`,
    ...(sessionToken === undefined ? [] : [`session_token ${literal(sessionToken.reveal())}`]),
    `url_style ${literal(urlStyleOf(options))}`,
    ...(endpoint === undefined ? [] : [
      `endpoint ${literal(new URL(endpoint).host)}`,
      `use_ssl ${endpoint.startsWith("https:")}`,
    ]),
  ];
  return `create secret lake (${parts.join(", ")})`;
}
