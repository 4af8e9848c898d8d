import { InputError } from "../errors/mod.ts";
import { exists } from "./atomic_file.ts";

/**
 * The file of a path, or every file below a folder that has one of the endings, in the order of their names.
 *
 * @param endings Lower case, without dots.
 * @throws {InputError} `import` when there is none.
 */
export async function inputFiles(path: string, endings: readonly string[]): Promise<string[]> {
  if (!await exists(path)) throw new InputError("import", `there is no file or folder ${path}: check the path`);
  if ((await Deno.stat(path)).isFile) return [path];
  const found: string[] = [];
  const walk = async (folder: string): Promise<void> => {
    for await (const entry of Deno.readDir(folder)) {
      const inner = `${folder}/${entry.name}`, ending = entry.name.split(".").at(-1)!.toLowerCase();
      if (entry.isDirectory) await walk(inner);
      else if (endings.includes(ending) && entry.name.includes(".")) found.push(inner);
    }
  };
  await walk(path.replace(/(?<=.)\/+$/, ""));
  if (found.length === 0) {
    const wanted = endings.map((ending) => `.${ending}`).join(", ").replace(/, (?=[^,]*$)/, " or ");
    throw new InputError("import", `${path} holds no ${wanted} file: choose another folder`);
  }
  return found.sort();
}
