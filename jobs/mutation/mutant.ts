import { InputError } from "../../engine/errors/mod.ts";
import type { PlantedBug } from "./planted_bugs.ts";

/** The program with one change in one file. */
export interface Mutant {
  readonly name: string;
  /** Below the repository. */
  readonly file: string;
  /** The changed file, whole. */
  readonly source: string;
  /** The change in words. */
  readonly change: string;
}

/** The program with a planted bug. @throws {InputError} `planted-bug` where the code has moved on from under it. */
export async function mutantOf({ name, breaks, file, find, replace }: PlantedBug, root: URL): Promise<Mutant> {
  const source = await Deno.readTextFile(new URL(file, root)), places = source.split(find).length - 1;
  if (places !== 1) {
    throw new InputError(
      "planted-bug",
      `${name} is to be put in place of text that stands in ${file} ${places} times, not once: make its text that of the code`,
    );
  }
  return { name, file, source: source.replace(find, () => replace), change: breaks };
}
