// Page loader: a notebook with its outputs. Called with --name=NAME by the site build.
import { DATA_DIR } from "../data/data_folder.ts";
import { notebookPage } from "./notebook_page.ts";

const name = Deno.args.find((argument) => argument.startsWith("--name="))?.slice("--name=".length) ?? "";
console.log(notebookPage(JSON.parse(await notebookText(name))));

/** The notebook as it was executed here, else as it is committed. */
async function notebookText(name: string): Promise<string> {
  try {
    return await Deno.readTextFile(`${DATA_DIR}/notebooks/${name}.ipynb`);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return await Deno.readTextFile(`notebooks/${name}.ipynb`);
  }
}
