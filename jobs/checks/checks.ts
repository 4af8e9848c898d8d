// What `deno task check` runs, in order. Each check looks at the tree below `root` and gives what it found.
import { deno, lintFindings, textFindings } from "./deno_tool.ts";
import type { Finding } from "./finding.ts";
import { importGraph } from "./import_graph.ts";
import { notebookGraph } from "./notebook_graph.ts";
import { importFindings, isTest, moduleOf } from "./import_rules.ts";
import { imports } from "./architecture.ts";
import { sourceFiles, sourceFolders } from "./source_files.ts";

/** Where short-lived files may be written. */
const SCRATCH = "data";

/** One check: its name in the table, and its work. */
export interface Check {
  readonly name: string;
  run(root: URL, signal: AbortSignal): Promise<Finding[]>;
}

export const checks: readonly Check[] = [
  { name: "format", run: (root, signal) => tool(root, signal, ["fmt", "--check"], "run deno fmt") },
  { name: "lint and banned names", run: lint },
  { name: "types", run: (root, signal) => tool(root, signal, ["check", ...typed(root)], "mend the type") },
  { name: "imports", run: importCheck },
  { name: "doc examples", run: examples },
];

async function tool(root: URL, signal: AbortSignal, args: string[], remedy: string): Promise<Finding[]> {
  const run = await deno(root, args, signal);
  return run.passed ? [] : textFindings(run, root, remedy);
}

async function lint(root: URL, signal: AbortSignal): Promise<Finding[]> {
  const { stdout } = await deno(root, ["lint", "--json", ...sourceFolders(root)], signal);
  return [...lintFindings(stdout, root), ...silenced(root)];
}

/** A comment must not switch the rule of the pure modules off: exceptions stand, with their reason, in architecture.ts. */
function silenced(root: URL): Finding[] {
  return sourceFiles(root).filter((path) => path.startsWith("engine/")).flatMap((path) =>
    Deno.readTextFileSync(new URL(encodeURI(path), root)).split("\n").flatMap((text, i): Finding[] => {
      if (!/deno-lint-ignore(-file)?\s*($|--|.*crypto-trader)/.test(text)) return [];
      const message = "this comment silences the rule of the pure modules";
      return [{
        path,
        line: i + 1,
        message,
        remedy: "name the rule that is meant, or list the file in jobs/checks/architecture.ts",
      }];
    })
  );
}

function typed(root: URL): string[] {
  const configuration = [...Deno.readDirSync(root)].map(({ name }) => name).filter((name) =>
    name.endsWith(".config.ts")
  );
  return [...sourceFiles(root), ...configuration];
}

async function importCheck(root: URL): Promise<Finding[]> {
  const files = sourceFiles(root, [".ts", ".tsx", ".js"]);
  await Deno.mkdir(new URL(SCRATCH, root), { recursive: true });
  const edges = [...await importGraph(root, files, SCRATCH), ...await notebookGraph(root, SCRATCH)];
  return [...unknownModules(files), ...importFindings(edges)];
}

function unknownModules(files: readonly string[]): Finding[] {
  const first = new Map(files.map((path) => [moduleOf(path), path]));
  return [...first].filter(([name]) => name !== undefined && name !== "testing" && !imports.has(name)).map((
    [name, path],
  ) => ({
    path,
    line: 1,
    message: `the module ${name} is not in the table`,
    remedy: "give it a row in jobs/checks/architecture.ts",
  }));
}

/** Runs the examples in the comments of the engine, without any permission. */
async function examples(root: URL, signal: AbortSignal): Promise<Finding[]> {
  const withExample = sourceFiles(root).filter((path) =>
    path.startsWith("engine/") && !isTest(path) &&
    /^\s*\* ```ts\b/m.test(Deno.readTextFileSync(new URL(encodeURI(path), root)))
  );
  if (withExample.length === 0) return [];
  return await tool(
    root,
    signal,
    ["test", "--doc", "--no-prompt", ...withExample],
    "mend the example or what it shows",
  );
}
