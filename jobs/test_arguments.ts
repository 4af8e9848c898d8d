import { tmpdir } from "node:os";
import { serverPrograms, systemServer, unpackServer } from "../engine/database/mod.ts";

const ROOT = new URL("../", import.meta.url);
/** An S3 server in Python, where it is installed. */
const S3_SERVER = decodeURIComponent(new URL("data/.python/bin/moto_server", ROOT).pathname);

/** A Python with PySpark, for the test that Spark reads the lake. */
const SPARK_PYTHON = decodeURIComponent(new URL("data/.spark/bin/python3", ROOT).pathname);

/** What Deno is told before the paths of tests: the rights that they have, and where their random cases begin. */
export async function testArguments(): Promise<string[]> {
  return [
    "test",
    "--quiet",
    "--no-check", // deno task check looks at types
    "--preload=engine/testing/random_seed.ts",
    "--ignore=jobs/commands/test.ts", // a command, whatever its name
    "--permission-set=tests",
    "--no-prompt",
    // a flag replaces the set's own list
    `--allow-run=${
      [Deno.execPath(), "chromium", "redis-server", S3_SERVER, SPARK_PYTHON, ...await serversOfTests()].join(",")
    }`,
    `--allow-write=data,${tmpdir()},/var/lib/crypto-trader`, // the last: databases of root
    "--allow-read",
    "--ignore-read=/proc", // Playwright looks for WSL there, which Deno grants to none but --allow-all
  ];
}

/** Programs of the database servers that tests start; the embedded one is unpacked for them. */
async function serversOfTests(): Promise<string[]> {
  const installed = [await unpackServer(), await systemServer()];
  return installed.flatMap((files) => files === null ? [] : serverPrograms(files));
}
