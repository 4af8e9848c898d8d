// What a server of PostgreSQL says, by whole messages. Format: PostgreSQL documentation, "Message Formats": a byte that
// names the kind, then the length of the rest with itself in four bytes.
import { Buffer } from "node:buffer";

const HEAD_BYTES = 5;
const ROW = 68, COMMAND_COMPLETE = 67, READY = 90, ERROR = 69;
/** Ends a command without a name. */
const COMPLETION = Buffer.from([COMMAND_COMPLETE, 0, 0, 0, 5, 0]);

/**
 * Hands on whole messages, and the end of a command's rows also where the server ends them with an error. The package
 * answers such an end in its cursors (`.cursor()`) with a message too many: `declare` and `fetch` do without them.
 */
export class ServerMessages {
  readonly #handOn: (bytes: Buffer) => void;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #wantedBytes = HEAD_BYTES;
  #isInRows = false;

  constructor(handOn: (bytes: Buffer) => void) {
    this.#handOn = handOn;
  }

  /** Takes what has arrived; the beginning of a message is kept until the rest is there. */
  take(bytes: Buffer): void {
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
    if (this.#heldBytes < this.#wantedBytes) return;
    const all = this.#held.length === 1 ? bytes : Buffer.concat(this.#held, this.#heldBytes);
    let from = 0, at = 0, wanted = HEAD_BYTES;
    while (at + HEAD_BYTES <= all.length) {
      const kind = all[at]!, length = 1 + all.readUInt32BE(at + 1);
      if (at + length > all.length) {
        wanted = length;
        break;
      }
      if (kind === ERROR && this.#isInRows) {
        this.#pass(all.subarray(from, at));
        this.end();
        from = at;
      }
      if (kind === ROW) this.#isInRows = true;
      else if (kind === COMMAND_COMPLETE || kind === READY) this.#isInRows = false;
      at += length;
    }
    this.#pass(all.subarray(from, at));
    this.#held = at === all.length ? [] : [all.subarray(at)];
    this.#heldBytes = all.length - at;
    this.#wantedBytes = wanted;
  }

  /** Ends the rows that have no end. */
  end(): void {
    if (!this.#isInRows) return;
    this.#isInRows = false;
    this.#handOn(COMPLETION);
  }

  #pass(bytes: Buffer): void {
    if (bytes.length > 0) this.#handOn(bytes);
  }
}
