// Where the lake is: in the data folder, or in the bucket of the settings.
import { Secret } from "../engine/errors/mod.ts";
import { bucketOptionsOf, BucketStorage, type LakeRoot } from "../engine/lake/mod.ts";
import { settingNames, variableOf } from "../engine/settings/mod.ts";
import { readSettings } from "./settings.ts";

/**
 * The lake that goes with a data folder: the bucket that `LAKE_URL` names, else the folder itself. Runs, studies and the
 * ledger are in the folder in any case.
 *
 * @throws {InputError} `lake-keys` where there are no keys for the bucket.
 */
export function lakePlace(dataDir: string): LakeRoot {
  const settings = readSettings().values, { lakeUrl, lakeHttpfs } = settings;
  if (lakeUrl === null) return dataDir;
  const values = new Map(settingNames.map((name) => [variableOf(name), settings[name]]));
  const variable = (name: string) => {
    const value = values.get(name);
    return value instanceof Secret ? value.reveal() : value?.toString();
  };
  const scratch = `${dataDir}/.scratch`, httpfs = lakeHttpfs ?? undefined;
  return new BucketStorage(lakeUrl, bucketOptionsOf(variable, { scratch, httpfs }));
}
