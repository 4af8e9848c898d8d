/** A line of a file. */
export interface TextLine {
  readonly text: string;
  /** Offset of the byte after it, in the file. */
  readonly endByte: number;
  /** False of a last line without its line feed. */
  readonly whole: boolean;
}

const LINE_FEED = 10, CHUNK_BYTES = 1 << 20;

/** The lines of an open file from a byte on, however large it is. */
export async function* textLines(file: Deno.FsFile, fromByte = 0): AsyncGenerator<TextLine> {
  const decoder = new TextDecoder(), chunk = new Uint8Array(CHUNK_BYTES);
  let rest = new Uint8Array(0), endByte = fromByte;
  await file.seek(fromByte, Deno.SeekMode.Start);
  for (let length = await file.read(chunk); length !== null; length = await file.read(chunk)) {
    const bytes = new Uint8Array(rest.length + length);
    bytes.set(rest);
    bytes.set(chunk.subarray(0, length), rest.length);
    let start = 0;
    for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, start)) {
      endByte += end + 1 - start;
      yield { text: decoder.decode(bytes.subarray(start, end)), endByte, whole: true };
      start = end + 1;
    }
    rest = bytes.slice(start);
  }
  if (rest.length > 0) yield { text: decoder.decode(rest), endByte: endByte + rest.length, whole: false };
}
