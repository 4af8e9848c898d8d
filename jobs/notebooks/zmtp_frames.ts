// Frames of ZMTP 3.0, the wire protocol of ZeroMQ (https://rfc.zeromq.org/spec/23/): bytes in, bytes out, no socket.
import { CodedError } from "../../engine/errors/mod.ts";

/** One frame: a part of a message, or a command of the protocol itself. */
export interface Frame {
  readonly command: boolean;
  /** True when the message goes on with the next frame. */
  readonly more: boolean;
  readonly body: Uint8Array<ArrayBuffer>;
}

const MORE = 1, LONG = 2, COMMAND = 4;
/** More than any notebook's output; a longer frame means that the two sides no longer understand each other. */
const LONGEST_FRAME_BYTES = 2 ** 30;

/** The bytes of one frame. */
export function encodeFrame({ command, more, body }: Frame): Uint8Array<ArrayBuffer> {
  const long = body.length > 255, head = long ? 9 : 2;
  const bytes = new Uint8Array(head + body.length);
  bytes[0] = (command ? COMMAND : 0) | (more ? MORE : 0) | (long ? LONG : 0);
  if (long) new DataView(bytes.buffer).setBigUint64(1, BigInt(body.length));
  else bytes[1] = body.length;
  bytes.set(body, head);
  return bytes;
}

/** The bytes of a message of one or more parts. */
export function encodeMessage(parts: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const last = parts.length - 1;
  return joined(parts.map((body, i) => encodeFrame({ command: false, more: i < last, body })));
}

/** Takes frames out of a stream of bytes, however the stream is cut into pieces. */
export class FrameReader {
  readonly #pieces: AsyncIterator<Uint8Array<ArrayBuffer>>;
  #buffered = new Uint8Array(0);

  constructor(pieces: AsyncIterable<Uint8Array<ArrayBuffer>>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  /** The next `count` bytes; undefined when the stream ends before. */
  async take(count: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const waiting = [this.#buffered];
    let length = this.#buffered.length;
    while (length < count) {
      const { done, value } = await this.#pieces.next();
      if (done) return undefined;
      waiting.push(value);
      length += value.length;
    }
    const bytes = waiting.length === 1 ? waiting[0] : joined(waiting);
    this.#buffered = bytes.subarray(count);
    return bytes.subarray(0, count);
  }

  /**
   * The next frame; undefined when the stream has ended.
   *
   * @throws {CodedError} `zmtp` when the bytes cannot be a frame.
   */
  async frame(): Promise<Frame | undefined> {
    const flags = (await this.take(1))?.[0];
    if (flags === undefined) return undefined;
    const size = await this.take(flags & LONG ? 8 : 1);
    if (size === undefined) return undefined;
    const length = flags & LONG ? Number(new DataView(size.buffer, size.byteOffset).getBigUint64(0)) : size[0];
    if (flags > (MORE | LONG | COMMAND) || length > LONGEST_FRAME_BYTES) {
      throw new CodedError("zmtp", "the other side does not speak ZMTP 3: check that the port is a kernel's");
    }
    const body = await this.take(length);
    return body && { command: (flags & COMMAND) !== 0, more: (flags & MORE) !== 0, body };
  }

  /** The next message, commands left out; undefined when the stream has ended. */
  async message(): Promise<Uint8Array<ArrayBuffer>[] | undefined> {
    const parts: Uint8Array<ArrayBuffer>[] = [];
    for (;;) {
      const frame = await this.frame();
      if (frame === undefined) return undefined;
      if (frame.command) continue;
      parts.push(frame.body);
      if (!frame.more) return parts;
    }
  }
}

/** Pieces in one. */
export function joined(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
