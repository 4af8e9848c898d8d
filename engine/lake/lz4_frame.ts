// Unpacks LZ4 frames (lz4_Frame_format.md and lz4_Block_format.md of lz4/lz4): no kept package does it without native code.

const MAGIC = 0x184d2204;

/**
 * The content of a frame.
 *
 * @param maxBytes Where more than that comes out, it is no content that anybody wants.
 * @throws {RangeError} where it is no such frame, cut off, or grows beyond the limit.
 */
export function lz4Content(frame: Uint8Array, maxBytes: number): Uint8Array {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const flags = frame[4]!;
  if (view.getUint32(0, true) !== MAGIC || flags >> 6 !== 1 || (flags & 1) !== 0) throw damaged();
  const hasBlockSums = (flags & 0x10) !== 0, hasSize = (flags & 8) !== 0;
  const content = new Content(frame.length * 4, maxBytes);
  for (let at = 7 + (hasSize ? 8 : 0);;) {
    const head = view.getUint32(at, true), length = head & 0x7fffffff;
    at += 4;
    if (head === 0) return content.bytes();
    if (length > frame.length - at) throw damaged();
    const block = frame.subarray(at, at + length);
    if (head >>> 31 === 1) content.add(block);
    else unpackBlock(block, content);
    at += length + (hasBlockSums ? 4 : 0);
  }
}

/** A block is a row of: some bytes as they are, then a stretch that repeats earlier ones. */
function unpackBlock(block: Uint8Array, content: Content): void {
  let at = 0;
  const next = (): number => {
    if (at >= block.length) throw damaged();
    return block[at++]!;
  };
  /** A length of 15 goes on in the next bytes, until one is not 255. */
  const lengthOf = (short: number): number => {
    let length = short;
    if (short === 15) { for (let more = 255; more === 255;) length += more = next(); }
    return length;
  };
  while (at < block.length) {
    const token = next(), literals = lengthOf(token >> 4);
    if (literals > block.length - at) throw damaged();
    content.add(block.subarray(at, at + literals));
    at += literals;
    if (at === block.length) return; // the last row has no repetition
    const back = next() | next() << 8;
    content.repeat(back, 4 + lengthOf(token & 15));
  }
}

/** Bytes that grow. */
class Content {
  #bytes: Uint8Array;
  #filled = 0;

  constructor(guess: number, readonly maxBytes: number) {
    this.#bytes = new Uint8Array(Math.min(guess, maxBytes));
  }

  add(part: Uint8Array): void {
    this.#makeRoom(part.length);
    this.#bytes.set(part, this.#filled);
    this.#filled += part.length;
  }

  /** Adds `count` bytes that begin `back` bytes before the end; they may reach into themselves. */
  repeat(back: number, count: number): void {
    if (back === 0 || back > this.#filled) throw damaged();
    this.#makeRoom(count);
    const bytes = this.#bytes, end = this.#filled + count;
    if (back >= count) bytes.copyWithin(this.#filled, this.#filled - back, this.#filled - back + count);
    else for (let i = this.#filled; i < end; i++) bytes[i] = bytes[i - back]!;
    this.#filled = end;
  }

  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#filled); // its own memory, which begins where eight-byte numbers may
  }

  #makeRoom(count: number): void {
    const wanted = this.#filled + count;
    if (wanted <= this.#bytes.length) return;
    if (wanted > this.maxBytes) throw damaged();
    const larger = new Uint8Array(Math.min(this.maxBytes, Math.max(wanted, 2 * this.#bytes.length)));
    larger.set(this.#bytes.subarray(0, this.#filled));
    this.#bytes = larger;
  }
}

function damaged(): RangeError {
  return new RangeError("this LZ4 frame is damaged, or holds more than it should");
}
