import type { FaultOf } from "./fault.ts";
import type { Faults } from "./faults.ts";

const LATE_MS = 500, HUGE = 10_000_000, DEEP = 100_000;
/** What a slow client may leave unread before it is dropped. */
const MOST_BUFFERED_BYTES = 1_000_000;

/** What goes out through one socket, and what goes wrong on the way: the same for the streams of all dialects. */
export class SocketFaults {
  #isDeaf = false;

  /** @param isSilent True while the connection stays open and nothing of the market or the account comes through it. */
  constructor(readonly socket: WebSocket, readonly faults: Faults, readonly isSilent: () => boolean) {}

  /** Tells a piece of the account's news, which may be several messages. */
  tellNews(messages: readonly unknown[]): void {
    const fault = this.faults.draw("event", "event");
    if (fault === "lost-event") return;
    const told = [...messages];
    if (fault === "duplicate-event") told.push(messages[0]);
    if (fault === "disordered-event") told.reverse();
    const tell = () => told.forEach((message) => this.#open(message));
    if (fault === "late-event") setTimeout(tell, LATE_MS);
    else tell();
  }

  /** Tells a frame of market data. */
  tellFrame(message: unknown): void {
    if (this.#isShut()) return;
    const fault = this.faults.draw("frame", "frame");
    if (fault !== null) this.#spoil(fault);
    this.#open(message);
  }

  /** True where a change of the book is to be left out. */
  skipsBook(): boolean {
    return this.faults.draw("book", "book-frame") !== null;
  }

  /** Sends whatever the market is doing. */
  send(message: unknown): void {
    this.#write(JSON.stringify(message));
  }

  /** A frame that is none comes before the right one; a socket that falls silent has told its last. */
  #spoil(fault: FaultOf<"frame">): void {
    switch (fault) {
      case "silent-socket":
        this.#isDeaf = true;
        return;
      case "broken-socket":
        return this.socket.close();
      case "garbage-frame":
        this.#write('{"e":"kline","k":{"t":17');
        return this.#write("<html>502</html>");
      case "huge-frame":
        return this.#write(JSON.stringify({ e: "x".repeat(HUGE) }));
      case "deep-frame":
        return this.#write("[".repeat(DEEP) + "]".repeat(DEEP));
    }
  }

  #open(message: unknown): void {
    if (!this.#isShut()) this.send(message);
  }

  #isShut(): boolean {
    return this.#isDeaf || this.isSilent();
  }

  #write(text: string): void {
    const { socket } = this;
    if (socket.readyState !== WebSocket.OPEN) return;
    if (socket.bufferedAmount > MOST_BUFFERED_BYTES + HUGE) return socket.close();
    socket.send(text);
  }
}
