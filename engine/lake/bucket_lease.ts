import { CodedError, InputError } from "../errors/mod.ts";
import type { Bucket } from "./bucket.ts";
import { sha256OfBytes } from "./storage.ts";

const LEASE_MS = 30_000, WAIT_MS = 120_000, RETRY_MS = 250;

/**
 * The right to write some objects, kept as a small object beside each: made only where there is none, renewed while its
 * holder lives, and taken over from a holder that has been silent for the length of the lease. How long somebody was
 * silent is measured by how long the lease was seen unchanged, so clocks need not agree.
 */
export class BucketLease {
  readonly #holder = crypto.randomUUID();
  readonly #held = new Map<string, string>();
  #renewal: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly bucket: Bucket, private readonly leaseMs = LEASE_MS) {}

  /** @throws {InputError} `locked` when somebody else holds one for two minutes and goes on renewing it. */
  async take(paths: readonly string[]): Promise<void> {
    for (const path of paths) await this.#takeOne(path);
    this.#renewal = setInterval(() => this.#renew(), this.leaseMs / 3);
  }

  async giveBack(): Promise<void> {
    clearInterval(this.#renewal);
    for (const [lease, tag] of this.#held) {
      if (await this.bucket.tagOf(lease) === tag) await this.bucket.delete(lease);
    }
    this.#held.clear();
  }

  async #takeOne(path: string): Promise<void> {
    const lease = leasePath(path);
    let seenTag: string | undefined, seenAtMs = 0;
    const startMs = performance.now();
    while (performance.now() - startMs < WAIT_MS) {
      const there = await this.bucket.get(lease);
      if (there?.tag !== seenTag) [seenTag, seenAtMs] = [there?.tag, performance.now()];
      const isFree = there === null || performance.now() - seenAtMs >= this.leaseMs;
      if (isFree && await this.#write(lease, there?.tag ?? null)) return;
      if (!isFree) await new Promise((resolve) => setTimeout(resolve, Math.min(RETRY_MS, this.leaseMs / 4)));
    }
    throw new InputError("locked", `another process is writing ${path}: wait until it has ended, and do this again`);
  }

  async #write(lease: string, tag: string | null): Promise<boolean> {
    const bytes = new TextEncoder().encode(`${this.#holder} ${crypto.randomUUID()}\n`);
    if (!await this.bucket.put(lease, bytes, await sha256OfBytes(bytes), { tag })) return false;
    const own = await this.bucket.tagOf(lease);
    if (own === null) throw new CodedError("bucket", `${lease} was written and is not there: check the bucket`);
    this.#held.set(lease, own);
    return true;
  }

  /** What cannot be renewed is left: the write itself finds out whether somebody else was there. */
  async #renew(): Promise<void> {
    for (const [lease, tag] of this.#held) await this.#write(lease, tag).catch(() => false);
  }
}

function leasePath(path: string): string {
  const end = path.lastIndexOf("/") + 1;
  return `${path.slice(0, end)}.${path.slice(end)}.lease`;
}
