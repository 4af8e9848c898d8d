import { InputError } from "../engine/errors/mod.ts";
import { type Cell, csvText } from "./csv_text.ts";

/** Writes a table whole or not at all: an older file of that name stays until then. */
export async function writeCsv(
  path: string,
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
): Promise<void> {
  const temporary = `${path}.tmp`;
  try {
    await Deno.writeTextFile(temporary, csvText(head, rows));
    await Deno.rename(temporary, path);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) {
      throw new InputError("file", `there is no folder for ${path}: make it, or write to another`, { cause });
    }
    throw cause;
  }
}
