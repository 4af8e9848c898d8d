import type { LoopbackVenue, VenueNews } from "./loopback_venue.ts";

/** How often what a client is subscribed to is told. */
const EVERY_MS = 250;

/** A dialect of the streams: what it does with what a client says, and what it tells. */
export interface StreamDialect {
  hear(message: Record<string, unknown>): void;
  /** Tells what is new of a stream. */
  tell(name: string): void;
  readonly onNews: (news: VenueNews) => void;
}

/** One client's connection, from when it is opened until it is closed: the same for the streams of all dialects. */
export class ClientSocket {
  /** Names of the streams that it is told, in its dialect. */
  readonly subscribed = new Set<string>();
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(readonly venue: LoopbackVenue, readonly socket: WebSocket, readonly dialect: StreamDialect) {
    socket.onmessage = ({ data }) => this.#hear(String(data));
    socket.onclose = () => this.#end();
    this.#timer = setInterval(() => this.subscribed.forEach((name) => dialect.tell(name)), EVERY_MS);
  }

  /** Tells of the account from now on. */
  listen(): void {
    this.venue.listeners.add(this.dialect.onNews);
  }

  close(): void {
    this.#end();
    if (this.socket.readyState === WebSocket.OPEN) this.socket.close();
  }

  #end(): void {
    clearInterval(this.#timer);
    this.venue.listeners.delete(this.dialect.onNews);
  }

  #hear(text: string): void {
    let message: Record<string, unknown>;
    try {
      message = JSON.parse(text);
    } catch {
      return this.socket.close(1003, "not JSON");
    }
    this.dialect.hear(message);
  }
}
