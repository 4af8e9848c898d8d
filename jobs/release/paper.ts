// A day on paper in twenty markets, as many times faster as the machine takes: nothing lost, and a certificate of 100 %.
import { removeDataFolder } from "../../engine/testing/servers.ts";
import { resolveSettings, type Settings } from "../../engine/settings/mod.ts";
import { paperDay, type PaperDayOptions, type PaperDayResult } from "./paper_day.ts";
import type { ReleasePart } from "./release_part.ts";

const DAY: Omit<PaperDayOptions, "seed"> = {
  ...{ hours: 24, speed: 60, markets: 20, timeframe: "5m" },
  ...{ disconnectHours: 2, limitedHours: 3, bannedHours: 6 },
};
const CASES = ["seed 1"];

export const paperPart: ReleasePart<PaperDayResult> = {
  name: "paper",
  summary: "trade a day on paper in twenty markets, with broken connections, 429, 418 and midnight, and certify it",
  cases: CASES,
  async work({ cases, keep, isStopped, note }) {
    for (const name of cases) {
      if (isStopped()) return;
      const seed = Number(name.replace(/\D/g, ""));
      await keep(name, await inDataFolder((settings) => paperDay({ ...DAY, seed }, settings, note)));
    }
  },
  verdict(results) {
    const all = [...results.values()], figures = all.map(({ options: _, ...figures }) => figures);
    return { holds: all.length > 0 && all.every(({ isPassed }) => isPassed), figures: { days: figures } };
  },
};

/** Works with a data folder of its own: one that a process may write that trades. */
export async function inDataFolder<T>(work: (settings: Settings) => Promise<T>): Promise<T> {
  await Deno.mkdir("data", { recursive: true });
  const dataDir = await Deno.makeTempDir({ dir: "data", prefix: "paper_day_" });
  try {
    await Deno.chmod(dataDir, 0o755); // the database's user has to reach its data where we are root
    return await work({ ...resolveSettings({}).values, dataDir });
  } finally {
    await removeDataFolder(dataDir);
  }
}
