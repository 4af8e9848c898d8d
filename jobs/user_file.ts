import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

/** What a TypeScript file of the user's exports, by name. Fails as an import does. */
export async function userFile(path: string): Promise<Readonly<Record<string, unknown>>> {
  return await import(pathToFileURL(resolve(path)).href);
}
