// Test support only: a real S3 server on a free loopback port, with a bucket, and DuckDB's extension that reads it.
import { Bucket } from "../lake/bucket.ts";
import { BucketStorage } from "../lake/bucket_storage.ts";
import type { BucketOptions } from "../lake/bucket_options.ts";
import { Secret } from "../errors/mod.ts";
import { freePort } from "./redis_server.ts";
import { requireOrSkip } from "./shared_data.ts";
import { inTemporaryFolder } from "./temporary_folder.ts";

/** Where `.ci/run` installs Python's packages. */
const PYTHON = decodeURIComponent(new URL("../../data/.python", import.meta.url).pathname);
const INSTALL = "python3 -m venv data/.python && data/.python/bin/pip install 'moto[s3,server]==5.2.1' " +
  "duckdb-extension-httpfs==1.5.5";

/** A server that a test has for itself. */
export class S3Server {
  private constructor(readonly port: number, readonly scratch: string, readonly httpfs: string) {}

  /** Works with a server that is gone afterwards; where it is not installed the test is skipped. */
  static async with(work: (server: S3Server) => Promise<void>): Promise<void> {
    const httpfs = await httpfsFile();
    if (!requireOrSkip("services", httpfs !== null, `an S3 server and httpfs (${INSTALL})`)) return;
    await inTemporaryFolder(async (scratch) => {
      const server = new S3Server(freePort(), scratch, httpfs!);
      const child = new Deno.Command(`${PYTHON}/bin/moto_server`, {
        args: ["-H", "127.0.0.1", "-p", `${server.port}`],
        stdout: "null",
        stderr: "null",
      }).spawn();
      try {
        await server.#makeBucket();
        await work(server);
      } finally {
        child.kill("SIGKILL");
        await child.status;
      }
    });
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** What opens the bucket. */
  get options(): BucketOptions {
    return {
      accessKeyId: "lake",
      secretAccessKey: new Secret("lakeKey", "swordfish"),
      region: "us-east-1",
      endpoint: this.endpoint,
      scratch: this.scratch,
      httpfs: this.httpfs,
      leaseMs: 600,
    };
  }

  /** The same, as variables of the environment. */
  environment(folder: string): Record<string, string> {
    return {
      LAKE_URL: `s3://lake/${folder}`,
      LAKE_HTTPFS: this.httpfs,
      AWS_ACCESS_KEY_ID: "lake",
      AWS_SECRET_ACCESS_KEY: "swordfish",
      AWS_ENDPOINT_URL: this.endpoint,
    };
  }

  /** A lake in a folder of the bucket. */
  storage(folder: string): BucketStorage {
    return new BucketStorage(`s3://lake/${folder}`, this.options);
  }

  /** The bucket's objects themselves. */
  bucket(): Bucket {
    return new Bucket("s3://lake", this.options);
  }

  async #makeBucket(): Promise<void> {
    for (let tries = 0; tries < 600; tries++) {
      const answer = await fetch(`${this.endpoint}/lake`, { method: "PUT" }).catch(() => null);
      await answer?.body?.cancel();
      if (answer?.ok) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error("the S3 server does not answer");
  }
}

async function httpfsFile(): Promise<string | null> {
  const folders = async (path: string) => {
    try {
      return (await Array.fromAsync(Deno.readDir(path))).map(({ name }) => `${path}/${name}`);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return [];
      throw error;
    }
  };
  for (const python of await folders(`${PYTHON}/lib`)) {
    for (const version of await folders(`${python}/site-packages/duckdb_extension_httpfs/extensions`)) {
      const found = (await folders(version)).find((path) => path.endsWith("/httpfs.duckdb_extension"));
      if (found !== undefined) return found;
    }
  }
  return null;
}
