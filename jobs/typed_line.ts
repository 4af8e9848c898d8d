/** Where what is typed comes from: bytes of a terminal in raw mode. */
export interface ByteSource {
  read(into: Uint8Array): Promise<number | null>;
}

/** Ctrl-C, which a terminal in raw mode hands on as a byte. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

const CTRL_C = 3, CTRL_D = 4, CTRL_H = 8, LINE_FEED = 10, RETURN = 13, CTRL_U = 21, ESCAPE = 27, DELETE = 127;
const LIMIT_BYTES = 65_536;
/** What was typed behind the end of a line, as by pasting several. */
const ahead = new WeakMap<ByteSource, Uint8Array>();

/**
 * One line as a person types it: the keys that take back a letter or the line do so, others that are no letters do nothing.
 *
 * @throws {Interrupted} at Ctrl-C, and at Ctrl-D or the end of input where nothing was typed.
 */
export async function answeredLine(source: ByteSource): Promise<string> {
  const line: number[] = [];
  for (;;) {
    const bytes = ahead.get(source) ?? await nextBytes(source);
    ahead.delete(source);
    if (bytes === null) throw new Interrupted("the input has ended");
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at];
      if (byte === CTRL_C || (byte === CTRL_D && line.length === 0)) throw new Interrupted("interrupted");
      if (byte === RETURN || byte === LINE_FEED) {
        const isPair = byte === RETURN && bytes[at + 1] === LINE_FEED, rest = bytes.slice(at + (isPair ? 2 : 1));
        if (rest.length > 0) ahead.set(source, rest);
        return new TextDecoder().decode(Uint8Array.from(line));
      }
      if (byte === DELETE || byte === CTRL_H) takeBack(line);
      else if (byte === CTRL_U) line.length = 0;
      else if (byte === ESCAPE) break; // arrows and the like come as one piece
      else if (byte >= 32 && line.length < LIMIT_BYTES) line.push(byte);
    }
  }
}

async function nextBytes(source: ByteSource): Promise<Uint8Array | null> {
  const buffer = new Uint8Array(4_096), count = await source.read(buffer);
  return count === null ? null : buffer.subarray(0, count);
}

/** Takes back one letter, which is several bytes where it is none of ASCII. */
function takeBack(line: number[]): void {
  while (line.length > 0 && (line.pop()! & 0xc0) === 0x80);
}
