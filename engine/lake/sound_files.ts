import { damaged, readFileSidecar } from "./partition.ts";
import { digestOf, type Storage } from "./storage.ts";

/** So many files are looked at together. */
const TOGETHER = 16;

/**
 * Sees to it that no file is read whose bytes are not those that were written: each is compared with the digest of its
 * sidecar before its first use, and again when it has changed.
 */
export class SoundFiles {
  readonly #stamps = new Map<string, string>();

  constructor(private readonly storage: Storage) {}

  /** @throws {CodedError} `partition-damaged` for the first that is not sound. */
  async require(paths: readonly string[]): Promise<void> {
    for (let from = 0; from < paths.length; from += TOGETHER) {
      await Promise.all(paths.slice(from, from + TOGETHER).map((path) => this.#requireOne(path)));
    }
  }

  async #requireOne(path: string): Promise<void> {
    for (let look = 1; look <= 2; look++) { // a writer may replace the file between two reads of ours
      const stamp = await this.storage.stamp(path);
      if (stamp === null || stamp === this.#stamps.get(path)) return; // what is gone gives no wrong candles
      const sidecar = await readFileSidecar(this.storage, path);
      if (sidecar === null || sidecar.sha256 !== await digestOf(this.storage, path)) continue;
      this.#stamps.set(path, stamp);
      return;
    }
    throw damaged(path, "does not have the bytes that were written");
  }
}
