// Lines that a process is given on its standard input before anything else: they are in no argument, file or variable.
const LIMIT_BYTES = 65_536, LINE_FEED = 10;

/** Reads one line, and leaves what follows. */
export async function readGivenLine(source: { read(into: Uint8Array): Promise<number | null> }): Promise<string> {
  const bytes: number[] = [], byte = new Uint8Array(1);
  while (bytes.length < LIMIT_BYTES && await source.read(byte) === 1 && byte[0] !== LINE_FEED) bytes.push(byte[0]!);
  return new TextDecoder().decode(Uint8Array.from(bytes));
}
