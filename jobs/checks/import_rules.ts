// The rules of architecture.ts applied to an import graph. Pure: edges in, findings out.
import { imports, loaderImports, pageEngine, processes, pureModules, purePackages } from "./architecture.ts";
import type { Finding } from "./finding.ts";
import type { Edge } from "./import_graph.ts";

const TABLE = "jobs/checks/architecture.ts";

/** True for tests and benches, which may look inside other modules and use `engine/testing`. */
export function isTest(path: string): boolean {
  return /_(test|bench)\.tsx?$/.test(path) || path.startsWith("engine/testing/");
}

/** True also for tests at length, which a command starts before a release. */
function looksInside(path: string): boolean {
  return isTest(path) || path.startsWith("jobs/release/");
}

/** The engine module that a path belongs to. */
export function moduleOf(path: string): string | undefined {
  return /^engine\/([^/]+)\//.exec(path)?.[1];
}

/** Everything that the graph breaks. */
export function importFindings(edges: readonly Edge[]): Finding[] {
  return [
    ...edges.flatMap(edgeFinding),
    ...cycles(edges),
    ...processes.flatMap((rule) => processFindings(edges, rule)),
  ];
}

function edgeFinding(edge: Edge): Finding[] {
  const broken = brokenRule(edge.from, edge.to);
  return broken ? [{ path: edge.from, line: edge.line, ...broken }] : [];
}

function brokenRule(from: string, to: string): Pick<Finding, "message" | "remedy"> | undefined {
  const own = moduleOf(from), other = moduleOf(to), test = looksInside(from);
  if (!/^(engine|jobs|src)\//.test(to)) {
    if (test || own === undefined || !pureModules.has(own) || purePackages.has(packageOf(to))) return;
    return { message: `the pure module ${own} imports ${to}`, remedy: "take what it gives as an argument (a port)" };
  }
  if (from.startsWith("notebooks/") && to !== "engine/mod.ts") {
    return { message: `${from} imports ${to}`, remedy: "import it from ../engine/mod.ts" };
  }
  if (isTest(to) && !test) {
    return { message: `${from} imports the test support ${to}`, remedy: "move what is shared out of the test" };
  }
  if (own !== undefined && own === other) {
    if (test || !to.endsWith(`/${own}/mod.ts`)) return;
    return { message: `${own} imports its own mod.ts`, remedy: "import the file that declares the name" };
  }
  if (!mayImport(from, to, own, other)) {
    return {
      message: `${own ?? from} may not import ${other ?? to}`,
      remedy: `move the code to where it may stand, or decide the edge in ${TABLE}`,
    };
  }
  if (other !== undefined && !test && to !== `engine/${other}/mod.ts`) {
    return { message: `${to} is inside ${other}`, remedy: `import it from engine/${other}/mod.ts` };
  }
}

function mayImport(from: string, to: string, own: string | undefined, other: string | undefined): boolean {
  if (looksInside(from) && other === "testing") return true;
  if (own === "testing") return other !== undefined;
  if (own !== undefined) return other !== undefined && (imports.get(own)?.includes(other) ?? false);
  if (from.startsWith("engine/")) return to.startsWith("engine/");
  if (from.startsWith("notebooks/")) return true;
  if (from.startsWith("jobs/")) return !to.startsWith("src/");
  if (looksInside(from) || to.startsWith("src/")) return true;
  if (from === pageEngine.file) return other !== undefined && pageEngine.imports.has(other);
  return isLoader(from) && other !== undefined && loaderImports.has(other);
}

/** A data loader of Observable Framework: the name of what it makes, then `.ts`. */
function isLoader(path: string): boolean {
  return /\.(json|csv|arrow|parquet|md|txt)\.ts$/.test(path);
}

function packageOf(specifier: string): string {
  return /^(?:npm:\/?)?((?:@[^/]+\/)?[^/@]+)/.exec(specifier)?.[1] ?? specifier;
}

function cycles(edges: readonly Edge[]): Finding[] {
  const next = Map.groupBy(edges.filter(({ from, to }) => from !== to), ({ from }) => from);
  const done = new Set<string>(), path: string[] = [], found: Finding[] = [];
  const visit = (file: string) => {
    path.push(file);
    for (const { to, line } of next.get(file) ?? []) {
      const start = path.indexOf(to);
      if (start >= 0) {
        const message = `import cycle: ${[...path.slice(start), to].join(" → ")}`;
        found.push({ path: file, line, message, remedy: "move what both need into a file of its own" });
      } else if (!done.has(to)) visit(to);
    }
    path.pop();
    done.add(file);
  };
  for (const file of next.keys()) if (!done.has(file)) visit(file);
  return found;
}

function processFindings(edges: readonly Edge[], { entry, without, reason }: typeof processes[number]): Finding[] {
  const next = Map.groupBy(edges.filter(({ kind }) => kind === "static"), ({ from }) => from);
  const seen = new Set([entry]), found: Finding[] = [];
  for (const file of seen) {
    for (const { to, line } of next.get(file) ?? []) {
      const forbidden = without.find((name) => name === (moduleOf(to) ?? packageOf(to)));
      if (forbidden === undefined) seen.add(to);
      else {found.push({
          path: file,
          line,
          message: `${entry} must not load ${forbidden}: ${reason}`,
          remedy: "import it where it is used: await import(…)",
        });}
    }
  }
  return found;
}
