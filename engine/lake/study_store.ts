// Documents of studies, for the pages: one folder a study, beside the trials that it is made of.
import type { StudyDocument, WalkDocument } from "../metrics/mod.ts";
import { exists, replaceFile } from "./atomic_file.ts";

const FILE = "study.json";

/** Keeps the document of a study in its folder; one that is there is replaced whole. */
export async function writeStudy(root: string, id: string, document: StudyDocument | WalkDocument): Promise<string> {
  const path = `${root}/studies/${id}/${FILE}`;
  await Deno.mkdir(`${root}/studies/${id}`, { recursive: true });
  await replaceFile(path, `${JSON.stringify(document)}\n`);
  return path;
}

/** All studies that have a document, sorted by name. */
export async function listStudies(root: string): Promise<string[]> {
  const ids: string[] = [];
  if (!await exists(`${root}/studies`)) return ids;
  for await (const { name } of Deno.readDir(`${root}/studies`)) {
    if (await exists(`${root}/studies/${name}/${FILE}`)) ids.push(name);
  }
  return ids.sort();
}

/** The document of a study. */
export async function readStudy(root: string, id: string): Promise<StudyDocument | WalkDocument> {
  return JSON.parse(await Deno.readTextFile(`${root}/studies/${id}/${FILE}`));
}
