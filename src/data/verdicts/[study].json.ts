// Data loader: the study of robustness of one run. Called with --study=HASH by the site build.
import { readRobustness } from "../../../engine/lake/mod.ts";
import type { VerdictData } from "../../components/verdict_data.ts";
import { DATA_DIR } from "../data_folder.ts";

const hash = Deno.args.find((argument) => argument.startsWith("--study="))?.slice("--study=".length) ?? "";
const study: VerdictData | null = await readRobustness(DATA_DIR, hash);
if (study === null) throw new Error(`there is no study of ${hash}`);
console.log(JSON.stringify(study));
