// Which files the checks look at.

/** The parts of the repository that hold TypeScript. */
export const SOURCE_FOLDERS = ["engine", "jobs", "src"];

/** Paths, relative to `root` (a folder's `file:` URL), of all files below the source folders that end with one of `endings`. */
export function sourceFiles(root: URL, endings: readonly string[] = [".ts", ".tsx"]): string[] {
  return [...Deno.readDirSync(root)].map(({ name }) => name).filter((name) => SOURCE_FOLDERS.includes(name))
    .flatMap((folder) => filesBelow(root, folder)).filter((path) => endings.some((ending) => path.endsWith(ending)))
    .sort();
}

function filesBelow(root: URL, folder: string): string[] {
  return [...Deno.readDirSync(new URL(encodeURI(folder), root))].flatMap(({ name, isDirectory }) => {
    if (name.startsWith(".")) return [];
    return isDirectory ? filesBelow(root, `${folder}/${name}`) : [`${folder}/${name}`];
  });
}
