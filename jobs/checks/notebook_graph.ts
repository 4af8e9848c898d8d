// What notebooks import. Their cells become short-lived files one folder below the root, where relative imports mean the
// same as beside the notebook.
import { type Edge, importGraph } from "./import_graph.ts";

interface Notebook {
  cells: { cell_type: string; source: string | string[] }[];
}

/** The imports of all notebooks; an edge's line is its line in the cell. `scratch` is a folder directly below `root`. */
export async function notebookGraph(root: URL, scratch: string): Promise<Edge[]> {
  const origin = new Map<string, string>();
  try {
    for (const notebook of notebooks(root)) {
      const { cells }: Notebook = JSON.parse(await Deno.readTextFile(new URL(encodeURI(notebook), root)));
      for (const { cell_type, source } of cells) {
        if (cell_type !== "code") continue;
        const path = `${scratch}/cell_${crypto.randomUUID()}.ts`;
        origin.set(path, notebook);
        await Deno.writeTextFile(new URL(path, root), [source].flat().join(""));
      }
    }
    const edges = origin.size === 0 ? [] : await importGraph(root, [...origin.keys()], scratch);
    return edges.map((edge) => ({ ...edge, from: origin.get(edge.from)! }));
  } finally {
    for (const path of origin.keys()) await Deno.remove(new URL(path, root)).catch(() => {});
  }
}

function notebooks(root: URL): string[] {
  try {
    return [...Deno.readDirSync(new URL("notebooks/", root))].map(({ name }) => `notebooks/${name}`)
      .filter((path) => path.endsWith(".ipynb"));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
