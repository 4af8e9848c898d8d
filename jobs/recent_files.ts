/** Files below a folder with one of these endings that have changed since a moment, in the order of their paths. */
export async function recentFiles(folder: string, endings: readonly string[], sinceMs: number): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) found.push(...await recentFiles(path, endings, sinceMs));
    else if (endings.some((ending) => name.endsWith(ending))) {
      const { mtime } = await Deno.stat(path);
      if (mtime !== null && mtime.getTime() >= sinceMs) found.push(path);
    }
  }
  return found.sort();
}
