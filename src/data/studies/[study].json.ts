// Data loader: the document of one study. Called with --study=ID by the site build.
import { readStudy } from "../../../engine/lake/mod.ts";
import { DATA_DIR } from "../data_folder.ts";

const id = Deno.args.find((argument) => argument.startsWith("--study="))?.slice("--study=".length) ?? "";
console.log(JSON.stringify(await readStudy(DATA_DIR, id)));
