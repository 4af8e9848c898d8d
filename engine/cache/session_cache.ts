import type { CacheStore } from "./cache_store.ts";
import { type Hint, mapHint } from "./hint.ts";

const FOLDER = "session";

/** What is quickly wanted of sessions (of trading, of sign-in), as plain data under their names. */
export class SessionCache {
  constructor(readonly store: CacheStore) {}

  /**
   * Keeps a session's state for so long.
   *
   * @param version Where a later state is there already, this one is dropped: false.
   */
  save(id: string, state: unknown, ttlMs: number, version?: number): Promise<Hint<boolean>> {
    return this.store.put(`${FOLDER}/${id}`, JSON.stringify(state), {
      ttlMs,
      ...(version === undefined ? {} : { order: version }),
    });
  }

  /** The state as plain data, to be checked by whoever reads it; null where there is none any more. */
  async load(id: string): Promise<Hint<unknown>> {
    return mapHint(await this.store.get(`${FOLDER}/${id}`), (text) => text === null ? null : JSON.parse(text));
  }

  /** All sessions, by name. */
  async all(): Promise<Hint<ReadonlyMap<string, unknown>>> {
    return mapHint(await this.store.list(FOLDER), (texts) =>
      new Map(
        Array.from(texts, ([key, text]) => [key.slice(FOLDER.length + 1), JSON.parse(text)]),
      ));
  }

  remove(id: string): Promise<Hint<boolean>> {
    return this.store.remove(`${FOLDER}/${id}`);
  }
}
