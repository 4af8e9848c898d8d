import type { LoopbackVenue, VenueNews } from "./loopback_venue.ts";

/** How often each stream is told, and in how many turns: like a venue's, they do not come all at the same moment. */
const EVERY_MS = 250, TURNS = 10;

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
  #turn = 0;

  constructor(readonly venue: LoopbackVenue, readonly socket: WebSocket, readonly dialect: StreamDialect) {
    socket.onmessage = ({ data }) => this.#hear(String(data));
    socket.onclose = () => this.#end();
    this.#timer = setInterval(() => this.#tell(), EVERY_MS / TURNS);
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

  #tell(): void {
    const turn = this.#turn = (this.#turn + 1) % TURNS;
    [...this.subscribed].filter((_, i) => i % TURNS === turn).forEach((name) => this.dialect.tell(name));
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
