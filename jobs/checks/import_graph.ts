// The import graph as Deno resolves it, with type imports: `deno info --json` over all files at once.

/** One import statement. */
export interface Edge {
  /** Path relative to the root. */
  readonly from: string;
  /** Path relative to the root; for what lies outside the specifier as written, as `zod` or `node:fs`. */
  readonly to: string;
  /** From 1. */
  readonly line: number;
  /** `type` is gone at run time, `dynamic` is loaded when the line is reached. */
  readonly kind: "static" | "dynamic" | "type";
}

interface Place {
  specifier?: string;
  span?: { start: { line: number } };
}

interface Info {
  modules: {
    specifier: string;
    dependencies?: { specifier: string; code?: Place; type?: Place; isDynamic?: boolean }[];
  }[];
}

/** All imports of `files`, whose paths are relative to `root`, a folder's `file:` URL. Writes one short-lived file to `scratch`, a folder below it. */
export async function importGraph(root: URL, files: readonly string[], scratch: string): Promise<Edge[]> {
  const roots = await Deno.makeTempFile({
    dir: decodeURIComponent(new URL(scratch, root).pathname),
    prefix: "roots_",
    suffix: ".ts",
  });
  try {
    await Deno.writeTextFile(
      roots,
      files.map((file) => `import ${JSON.stringify(new URL(file, root).href)};\n`).join(""),
    );
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", roots],
      cwd: root,
    }).output();
    if (!success) throw new Error(`deno info failed: ${new TextDecoder().decode(stderr)}`);
    return edges(JSON.parse(new TextDecoder().decode(stdout)), root, new Set(files));
  } finally {
    await Deno.remove(roots);
  }
}

function edges(info: Info, root: URL, files: ReadonlySet<string>): Edge[] {
  const relative = (url: string) => url.startsWith(root.href) ? decodeURIComponent(url.slice(root.href.length)) : url;
  return info.modules.filter(({ specifier }) => files.has(relative(specifier))).flatMap((module) =>
    (module.dependencies ?? []).map((dependency): Edge => {
      const place = dependency.code ?? dependency.type;
      const target = place?.specifier?.startsWith(root.href) ? relative(place.specifier) : dependency.specifier;
      return {
        from: relative(module.specifier),
        to: target,
        line: (place?.span?.start.line ?? 0) + 1,
        kind: dependency.code === undefined ? "type" : dependency.isDynamic ? "dynamic" : "static",
      };
    })
  );
}
