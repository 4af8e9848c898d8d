// Tables in text files: comma, semicolon or tab between the cells, quotes around them, a byte order mark before them.
import { dsvFormat } from "d3-dsv";
import { InputError } from "../engine/errors/mod.ts";
import type { TextRow } from "../engine/metrics/mod.ts";

/** The rows of a file, each with the line on which it begins. */
export async function readRows(path: string): Promise<TextRow[]> {
  return rowsOf(await textOf(path));
}

/** The rows of a text. The separator is the one that the first line has most often outside quotes. */
export function rowsOf(text: string): TextRow[] {
  const plain = text.replace(/^\uFEFF/, "");
  const head = (/^.*/.exec(plain.trimStart())?.[0] ?? "").replace(/"[^"]*"/g, "");
  const count = (separator: string) => head.split(separator).length;
  const separator = [",", ";", "\t"].reduce((best, own) => count(own) > count(best) ? own : best);
  let line = 1;
  return (dsvFormat(separator).parseRows(plain) as string[][]).map((cells) => {
    const row = { line, cells };
    line += cells.reduce((breaks, cell) => breaks + (cell.match(/\r\n|\r|\n/g)?.length ?? 0), 1);
    return row;
  });
}

async function textOf(path: string): Promise<string> {
  let bytes: Uint8Array;
  try {
    bytes = await Deno.readFile(path);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) {
      throw new InputError("file", `there is no file ${path}: check the path, it counts from this folder`, { cause });
    }
    if (cause instanceof Deno.errors.IsADirectory) {
      throw new InputError("file", `${path} is a folder: name the file in it`, { cause });
    }
    throw cause;
  }
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    if (!text.includes("\0")) return text;
  } catch { /* said below */ }
  throw new InputError("file", `${path} is not text in UTF-8: save it as CSV`);
}
