import { CodedError } from "../errors/mod.ts";
import { clearAway } from "./atomic_file.ts";
import { Bucket } from "./bucket.ts";
import { BucketLease } from "./bucket_lease.ts";
import { bucketAddress, type BucketOptions, bucketOptionsOf } from "./bucket_options.ts";
import { type Database, openBucketDatabase } from "./bucket_database.ts";
import { sha256OfBytes, type Staged, type Storage } from "./storage.ts";

/**
 * A lake in a bucket. SQL reads it through DuckDB's extension httpfs; what is written goes up by one request a file, and
 * only where the object is still the one that the writer has seen, so that not even a writer that slept through its lease
 * can undo the work of the next one.
 */
export class BucketStorage implements Storage {
  readonly root: string;
  readonly #bucket: Bucket;
  readonly #options: BucketOptions;
  /** Tags of the objects that a writer has looked at; null where there was none. */
  readonly #seen = new Map<string, string | null>();

  /** @throws {InputError} `lake-url` for an address that is none. */
  constructor(url: string, options: BucketOptions) {
    const { bucket, prefix } = bucketAddress(url);
    this.root = prefix === "" ? `s3://${bucket}` : `s3://${bucket}/${prefix}`;
    this.#bucket = new Bucket(url, options);
    this.#options = options;
  }

  /** With the keys that the environment's usual variables state. */
  static ofEnvironment(url: string, scratch = "data/.scratch"): BucketStorage {
    const variable = (name: string) => Deno.env.get(name);
    return new BucketStorage(url, bucketOptionsOf(variable, { scratch, httpfs: variable("LAKE_HTTPFS") || undefined }));
  }

  get scratch(): string {
    return this.#options.scratch;
  }

  database(folders: readonly string[] = [], threads?: 1): Promise<Database> {
    return openBucketDatabase(this.root, folders, this.#options, threads);
  }

  async read(path: string): Promise<Uint8Array | null> {
    const found = await this.#bucket.get(path);
    this.#seen.set(path, found?.tag ?? null);
    return found?.bytes ?? null;
  }

  async stamp(path: string): Promise<string | null> {
    return await this.#bucket.tagOf(path);
  }

  names(folder: string, prefix: string): Promise<string[]> {
    return this.#bucket.names(folder, prefix);
  }

  async stage(path: string): Promise<Staged> {
    await Deno.mkdir(this.#options.scratch, { recursive: true });
    const local = `${this.#options.scratch}/${crypto.randomUUID()}.part`;
    let sealed: { bytes: Uint8Array; sha256: string } | null = null;
    const seal = async () => {
      const bytes = await Deno.readFile(local);
      return sealed ??= { bytes, sha256: await sha256OfBytes(bytes) };
    };
    return {
      path: local,
      seal: async () => (await seal()).sha256,
      commit: async () => {
        const { bytes, sha256 } = await seal(), seen = this.#seen.get(path);
        const expected = { tag: seen === undefined ? await this.#bucket.tagOf(path) : seen };
        if (!await this.#bucket.put(path, bytes, sha256, expected)) throw leaseLost(path);
        this.#seen.delete(path);
        await clearAway(local);
      },
      discard: () => clearAway(local),
    };
  }

  async replace(path: string, text: string): Promise<void> {
    const bytes = new TextEncoder().encode(text);
    await this.#bucket.put(path, bytes, await sha256OfBytes(bytes));
  }

  async move(from: string, to: string): Promise<void> {
    const found = await this.#bucket.get(from);
    if (found === null) return;
    await this.#bucket.put(to, found.bytes, await sha256OfBytes(found.bytes));
    await this.#bucket.delete(from);
  }

  async remove(path: string): Promise<void> {
    await this.#bucket.delete(path);
  }

  /** There are none: an object is there whole or not at all. */
  clearParts(): Promise<void> {
    return Promise.resolve();
  }

  async exclusively<T>(paths: readonly string[], work: () => Promise<T>): Promise<T> {
    const lease = new BucketLease(this.#bucket, this.#options.leaseMs);
    try {
      await lease.take([...new Set(paths)].sort());
      for (const path of paths) this.#seen.delete(path);
      return await work();
    } finally {
      await lease.giveBack();
    }
  }
}

function leaseLost(path: string): CodedError {
  return new CodedError(
    "lease-lost",
    `another writer has replaced ${path} meanwhile, which was left as it is: do this again`,
  );
}
