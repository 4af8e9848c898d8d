import { Command, InvalidArgumentError } from "commander";
import { InputError, isCodedError } from "../../engine/errors/mod.ts";
import { interruption } from "../interruption.ts";
import { codeCells, executeNotebook } from "../notebooks/execute_notebook.ts";
import { readNotebook, writeNotebook } from "../notebooks/notebook_file.ts";
import { answer, note, table } from "../output.ts";
import { progress } from "../progress.ts";

const FOLDER = "notebooks";
const SCRATCH = "data";

interface Flags {
  json?: boolean;
  write?: boolean;
  timeout: number;
}

/** What came of one notebook. */
interface Executed {
  readonly path: string;
  readonly cells: number;
  readonly seconds: number;
  /** A sentence when it failed. */
  readonly error?: string;
}

/** `notebooks`: executes notebooks with Deno's own kernel. */
export function notebooksCommand(): Command {
  return new Command("notebooks")
    .description("Execute notebooks from top to bottom, each in a fresh kernel; a cell that throws is a failure.")
    .argument("[files...]", `notebooks; all of ${FOLDER}/ unless some are named`)
    .option("--write", "store the outputs in the files")
    .option("--timeout <seconds>", "longest time for a cell", seconds, 600)
    .action(run);
}

function seconds(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 86_400)) throw new InvalidArgumentError(`"${text}" is no number of seconds up to a day.`);
  return value;
}

async function run(files: string[], flags: Flags): Promise<void> {
  const notebooks: Executed[] = [];
  for (const path of files.length > 0 ? files : allNotebooks()) {
    const executed = await execute(path, flags);
    if (executed.error !== undefined) note(`error: ${executed.error}`);
    notebooks.push(executed);
  }
  answer(
    flags,
    { notebooks },
    () =>
      table(
        ["notebook", "result", "cells", "seconds"],
        notebooks.map(({ path, cells, seconds, error }) => [path, error ? "failed" : "executed", cells, seconds]),
      ),
  );
  if (notebooks.some(({ error }) => error !== undefined)) Deno.exitCode = 1;
}

async function execute(path: string, flags: Flags): Promise<Executed> {
  const startMs = performance.now(), line = progress(path, 1);
  let cells = 0;
  const outcome = (error?: string): Executed => ({
    path,
    cells,
    seconds: Number(((performance.now() - startMs) / 1000).toFixed(1)),
    ...(error === undefined ? {} : { error }),
  });
  try {
    const content = await readNotebook(path);
    cells = codeCells(content);
    const executed = await executeNotebook(path, content, {
      limitMs: flags.timeout * 1000,
      scratch: SCRATCH,
      signal: interruption,
      progress: (done, total) => line.advance(done / Math.max(total, 1)),
    });
    interruption.throwIfAborted();
    if (flags.write) await writeNotebook(path, executed);
    return outcome();
  } catch (error) {
    interruption.throwIfAborted();
    if (!isCodedError(error)) throw error;
    return outcome(error.message);
  } finally {
    line.end();
  }
}

function allNotebooks(): string[] {
  const paths = Array.from(Deno.readDirSync(FOLDER), ({ name }) => `${FOLDER}/${name}`)
    .filter((path) => path.endsWith(".ipynb")).sort();
  if (paths.length > 0) return paths;
  throw new InputError("notebook", `${FOLDER}/ holds no notebooks: name the files`);
}
