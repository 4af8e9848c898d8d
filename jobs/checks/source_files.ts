// Which files the checks look at.

/** The parts of the repository that hold TypeScript and are there; `root` is a folder's `file:` URL. */
export function sourceFolders(root: URL): string[] {
  const there = new Set([...Deno.readDirSync(root)].map(({ name }) => name));
  return ["engine", "jobs", "src"].filter((folder) => there.has(folder));
}

/** Paths, relative to `root`, of all files below the source folders that end with one of `endings`. */
export function sourceFiles(root: URL, endings: readonly string[] = [".ts", ".tsx"]): string[] {
  return sourceFolders(root).flatMap((folder) => filesBelow(root, folder))
    .filter((path) => endings.some((ending) => path.endsWith(ending))).sort();
}

function filesBelow(root: URL, folder: string): string[] {
  return [...Deno.readDirSync(new URL(encodeURI(folder), root))].flatMap(({ name, isDirectory }) => {
    if (name.startsWith(".")) return [];
    return isDirectory ? filesBelow(root, `${folder}/${name}`) : [`${folder}/${name}`];
  });
}
