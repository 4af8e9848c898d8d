// Notebooks on disk: nbformat 4, written as Jupyter writes it, so that equal notebooks are equal bytes.
import { z } from "zod";
import { InputError } from "../../engine/errors/mod.ts";
import type { CellOutput } from "./cell_outputs.ts";

const text = z.union([z.string(), z.array(z.string())]);
const cell = z.looseObject({ cell_type: z.string(), source: text, metadata: z.record(z.string(), z.unknown()) });
const notebook = z.looseObject({ nbformat: z.literal(4), cells: z.array(cell) });

/** A notebook as its file holds it; what is not named here is kept as it is. */
export type NotebookFile = z.infer<typeof notebook>;
/** One cell of it. */
export type NotebookCell = z.infer<typeof cell>;

/**
 * Reads a notebook.
 *
 * @throws {InputError} `notebook` when the file is not there or holds something else.
 */
export async function readNotebook(path: string): Promise<NotebookFile> {
  let content: unknown;
  try {
    content = JSON.parse(await Deno.readTextFile(path));
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) throw new InputError("notebook", `${path} is not there: check the path`);
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new InputError("notebook", `${path} is not JSON (${cause.message}): mend it`, { cause });
  }
  const { success, data, error } = notebook.safeParse(content);
  if (success) return data;
  const [{ path: place, message }] = error.issues;
  const where = place.join(".") || "the file";
  throw new InputError(
    "notebook",
    `${path} is no notebook of format 4 (${where}: ${message}): save it from Jupyter again`,
  );
}

/** Replaces the file as a whole. */
export async function writeNotebook(path: string, content: NotebookFile): Promise<void> {
  const unfinished = `${path}.part`;
  await Deno.writeTextFile(unfinished, notebookText(content));
  await Deno.rename(unfinished, path);
}

/** The bytes of a notebook: keys sorted, one space a level, one line at the end. */
export function notebookText(content: NotebookFile): string {
  return `${JSON.stringify(sorted(content), null, 1)}\n`;
}

/** The code or prose of a cell in one piece. */
export function sourceOf({ source }: Pick<NotebookCell, "source">): string {
  return typeof source === "string" ? source : source.join("");
}

/** The cell with what its execution left; the times at which that was are not kept. */
export function executedCell(own: NotebookCell, outputs: readonly CellOutput[], executionCount: number): NotebookCell {
  const { execution: _, ...metadata } = own.metadata;
  return { ...own, metadata, execution_count: executionCount, outputs: outputs.map(storedOutput) };
}

/** Long texts stand in files as lists of lines, which makes differences readable. */
function storedOutput(output: CellOutput): unknown {
  if (output.output_type === "stream") return { ...output, text: lines(output.text) };
  if (output.output_type === "error") return output;
  const data = Object.entries(output.data).map(([type, value]) => [type, isText(type) ? lines(value) : value]);
  return { ...output, data: Object.fromEntries(data) };
}

function isText(type: string): boolean {
  return type.startsWith("text/") || /[/+](xml|javascript)$/.test(type);
}

function lines(value: unknown): unknown {
  return typeof value === "string" ? value.split(/(?<=\n)/).filter((line) => line !== "") : value;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1).map(([key, inner]) => [key, sorted(inner)]),
  );
}
