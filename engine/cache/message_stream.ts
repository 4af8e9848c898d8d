import { CodedError } from "../errors/mod.ts";
import type { Listener } from "./cache_store.ts";

/** What a client hears. `missed`: the line was lost for a while, so that what counts has to be read again. */
export type StreamEvent =
  | { readonly kind: "message"; readonly topic: string; readonly value: unknown }
  | { readonly kind: "missed" };

/** Events that wait for a client unless another number is stated. */
export const USUAL_CAPACITY = 1_000;

/**
 * Messages for one client, in a queue of its own. A client that lets it fill up is dropped: the queue is emptied, and its
 * loop ends with an error; nobody else waits for it (fault 75).
 */
export class MessageStream implements Listener, AsyncIterable<StreamEvent> {
  #queue: StreamEvent[] = [];
  #wake: (() => void) | null = null;
  #ended: "closed" | "slow" | null = null;

  /** @param onEnd Called once when no more is wanted: closed by its client, or dropped. */
  constructor(readonly capacity: number, readonly onEnd: (stream: MessageStream) => void) {}

  message(topic: string, text: string): void {
    this.#push({ kind: "message", topic, value: JSON.parse(text) });
  }

  missed(): void {
    if (this.#queue.at(-1)?.kind !== "missed") this.#push({ kind: "missed" });
  }

  get isDropped(): boolean {
    return this.#ended === "slow";
  }

  close(): void {
    this.#end("closed");
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<StreamEvent> {
    try {
      for (;;) {
        const event = this.#queue.shift();
        if (event !== undefined) yield event;
        else if (this.#ended === "closed") return;
        else if (this.#ended === "slow") {
          throw new CodedError(
            "slow-client",
            `${this.capacity} messages waited, and this client was dropped: reconnect`,
          );
        } else await new Promise<void>((resolve) => this.#wake = resolve);
      }
    } finally {
      this.close();
    }
  }

  #push(event: StreamEvent): void {
    if (this.#ended !== null) return;
    if (this.#queue.length >= this.capacity) return this.#end("slow");
    this.#queue.push(event);
    this.#wake?.();
  }

  #end(how: "closed" | "slow"): void {
    if (this.#ended !== null) return;
    this.#ended = how;
    this.#queue = [];
    this.#wake?.();
    this.onEnd(this);
  }
}
