import type { CacheStore } from "./cache_store.ts";
import type { Hint } from "./hint.ts";
import { MessageStream, USUAL_CAPACITY } from "./message_stream.ts";

/** Messages by topic, to whoever listens at the moment, in any process. None is kept. */
export class Messages {
  constructor(readonly store: CacheStore) {}

  /** Sends plain data. @throws {InputError} `message` where it is longer than 7,900 bytes as JSON. */
  publish(topic: string, value: unknown): Promise<Hint<void>> {
    return this.store.publish(topic, JSON.stringify(value));
  }

  /**
   * Listens to topics. Where the store is away now, the stream hears of them once it is back, after a `missed`.
   *
   * @param capacity Messages that may wait for the client before it is dropped.
   */
  async subscribe(topics: readonly string[], capacity: number = USUAL_CAPACITY): Promise<MessageStream> {
    const stream = new MessageStream(capacity, (ended) => {
      for (const topic of topics) void this.store.unsubscribe(topic, ended);
    });
    const answers = await Promise.all(topics.map((topic) => this.store.subscribe(topic, stream)));
    if (answers.some(({ kind }) => kind === "unknown")) stream.missed();
    return stream;
  }
}
