import { DATA_DIR } from "./data_folder.ts";
import type { LakeRoot } from "./lake/mod.ts";

/**
 * Where a notebook's lake is: in the folder that it names, else in the bucket of the variable `LAKE_URL`, else in the data
 * folder beside the engine.
 */
export async function lakePlace(dataDir?: string): Promise<LakeRoot> {
  const url = dataDir === undefined ? Deno.env.get("LAKE_URL") : undefined;
  if (!url) return dataDir ?? DATA_DIR;
  const { BucketStorage } = await import("./lake/mod.ts");
  return BucketStorage.ofEnvironment(url, `${DATA_DIR}/.scratch`);
}
