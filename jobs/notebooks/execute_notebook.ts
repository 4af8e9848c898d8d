// A notebook from its first cell to its last in a kernel of its own, as if somebody had pressed "restart and run all".
import { dirname } from "node:path";
import { CodedError, isCodedError } from "../../engine/errors/mod.ts";
import type { CellOutput } from "./cell_outputs.ts";
import { Kernel } from "./kernel.ts";
import { executedCell, type NotebookCell, type NotebookFile, sourceOf } from "./notebook_file.ts";

/** How to execute. */
export interface ExecuteOptions {
  /** Longest time for a cell, milliseconds. */
  readonly limitMs: number;
  /** Folder for short-lived files. */
  readonly scratch: string;
  readonly signal: AbortSignal;
  /** Called before each code cell. */
  readonly progress?: (done: number, total: number) => void;
}

/**
 * Executes the code cells of the notebook `content`, which is or would be at `path`; imports and files count from its
 * folder, as in Jupyter. Gives the notebook with the outputs.
 *
 * @throws {CodedError} `notebook` naming notebook and cell when a cell throws, takes too long or ends its kernel.
 */
export async function executeNotebook(
  path: string,
  content: NotebookFile,
  { limitMs, scratch, signal, progress = () => {} }: ExecuteOptions,
): Promise<NotebookFile> {
  await using kernel = await Kernel.start({ folder: dirname(path), scratch, signal });
  const total = content.cells.filter(isCode).length, cells: NotebookCell[] = [];
  let count = 0;
  for (const cell of content.cells) {
    if (!isCode(cell)) {
      cells.push(cell);
      continue;
    }
    progress(count++, total);
    cells.push(executedCell(cell, await outputsOf(kernel, `${path}: code cell ${count}`, cell, count, limitMs), count));
  }
  progress(total, total);
  return { ...content, cells };
}

/** How many cells of a notebook hold code. */
export function codeCells({ cells }: NotebookFile): number {
  return cells.filter(isCode).length;
}

async function outputsOf(
  kernel: Kernel,
  place: string,
  cell: NotebookCell,
  count: number,
  limitMs: number,
): Promise<readonly CellOutput[]> {
  const code = sourceOf(cell);
  if (code.trim() === "") return [];
  const { outputs, thrown } = await kernel.execute(code, count, limitMs).catch((error) => {
    if (!isCodedError(error)) throw error;
    throw new CodedError("notebook", `${place} failed: ${error.message}`, { cause: error });
  });
  if (thrown === undefined) return outputs;
  throw new CodedError("notebook", `${place} throws ${thrown.name}: ${thrown.message}`);
}

function isCode({ cell_type }: NotebookCell): boolean {
  return cell_type === "code";
}
