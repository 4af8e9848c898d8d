import type { Listener } from "./cache_store.ts";

/** Who listens to which topic in this process: each topic is asked of the server once, however many listen. */
export class TopicListeners {
  readonly #byTopic = new Map<string, Set<Listener>>();

  get topics(): string[] {
    return [...this.#byTopic.keys()];
  }

  /** True where it is the topic's first. */
  add(topic: string, listener: Listener): boolean {
    const listeners = this.#byTopic.get(topic);
    if (listeners === undefined) this.#byTopic.set(topic, new Set([listener]));
    else listeners.add(listener);
    return listeners === undefined;
  }

  /** True where it was the topic's last. */
  remove(topic: string, listener: Listener): boolean {
    const listeners = this.#byTopic.get(topic);
    if (!listeners?.delete(listener) || listeners.size > 0) return false;
    return this.#byTopic.delete(topic);
  }

  message(topic: string, text: string): void {
    for (const listener of this.#byTopic.get(topic) ?? []) listener.message(topic, text);
  }

  /** Some messages may have been lost. */
  missed(): void {
    for (const listener of new Set([...this.#byTopic.values()].flatMap((own) => [...own]))) listener.missed();
  }
}
