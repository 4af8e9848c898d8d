import type { Settings } from "../engine/settings/mod.ts";

/** All that the watchdogs of a data folder write lies here, and the locks that they share with who trades. */
export function watchdogFolder({ dataDir }: Pick<Settings, "dataDir">): string {
  return `${dataDir}/watchdog`;
}
