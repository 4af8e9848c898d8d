import type { Sql } from "../database/mod.ts";
import type { Listener } from "./cache_store.ts";
import { TopicListeners } from "./topic_listeners.ts";

/** Who listens to which topic through LISTEN. The pool makes its listening line again when it is lost. */
export class TableListeners {
  readonly #listeners = new TopicListeners();
  readonly #lines = new Map<string, Promise<{ unlisten(): Promise<void> }>>();

  constructor(readonly sql: Sql, readonly channelOf: (topic: string) => string) {}

  async subscribe(topic: string, listener: Listener): Promise<void> {
    this.#listeners.add(topic, listener);
    let line = this.#lines.get(topic);
    if (line === undefined) {
      let isFirst = true;
      line = this.sql.listen(this.channelOf(topic), (text) => this.#listeners.message(topic, text), () => {
        if (!isFirst) this.#listeners.missed();
        isFirst = false;
      });
      this.#lines.set(topic, line);
    }
    await line; // where nobody is there, the pool goes on trying by itself
  }

  async unsubscribe(topic: string, listener: Listener): Promise<void> {
    if (!this.#listeners.remove(topic, listener)) return;
    const line = await this.#lines.get(topic)?.catch(() => null);
    // A line that never came to be stays asked for, and a topic that is wanted again goes on with it.
    if (line == null || this.#listeners.topics.includes(topic)) return;
    this.#lines.delete(topic);
    await line.unlisten();
  }

  async close(): Promise<void> {
    const lines = [...this.#lines.values()];
    this.#lines.clear();
    await Promise.all(lines.map(async (line) => (await line.catch(() => null))?.unlisten().catch(() => {})));
  }
}
