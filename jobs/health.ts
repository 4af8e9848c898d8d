// What `doctor` looks at: each part of the machine and of the data folder, whether it is there, and what to do if not.
import { configuredChannels } from "../engine/notifications/mod.ts";
import type { Settings } from "../engine/settings/mod.ts";
import { systemClock } from "../engine/time/mod.ts";

/** The state of one part. */
export interface Part {
  readonly name: string;
  readonly found: boolean;
  /** What was found: a version, a path, a count. */
  readonly detail: string;
  /** What to do when it is missing; absent when nothing has to be done. */
  readonly remedy?: string;
}

/** All parts. Nothing is started, nothing is written. */
export function parts(settings: Settings): Part[] {
  const { dataDir, lakeUrl } = settings;
  return [
    folder("samples", "data/samples", "get them back: git checkout data/samples"),
    lakeUrl === null
      ? folder("lake", `${dataDir}/candles`, "import candles: deno task candles import, or deno task demo")
      : { name: "lake", found: true, detail: `${lakeUrl}, as LAKE_URL says; deno task candles list tries it` },
    folder("runs", `${dataDir}/runs`, "run one: deno task backtest, or deno task demo"),
    folder("site", "dist", "build it: deno task site"),
    noticesPart(settings),
    addon("duckdb", "node_modules/@duckdb/node-api/package.json"),
    program(
      "chromium",
      ["chromium", "chromium-browser", "google-chrome"],
      "only the tests of pages need it: apt-get install chromium",
    ),
    program("python3", ["python3"], "only deno task bench --peers needs it: apt-get install python3-venv"),
  ];
}

/** By what people are told. Whether it arrives is for `notify test` to say: `doctor` sends nothing. */
function noticesPart(settings: Settings): Part {
  const name = "notices";
  try {
    const channels = configuredChannels(settings, systemClock).map((channel) => channel.name);
    if (channels.length > 0) {
      return { name, found: true, detail: `${channels.join(", ")}; deno task notify test tries them` };
    }
    return { name, found: false, detail: "nobody is told of anything", remedy: "docs/notifications.md says how" };
  } catch (error) {
    return { name, found: false, detail: (error as Error).message, remedy: "mend the settings" };
  }
}

function folder(name: string, path: string, remedy: string): Part {
  const files = countFiles(path);
  const found = files > 0;
  return { name, found, detail: found ? `${path}: ${files} files` : `${path}: empty`, ...(found ? {} : { remedy }) };
}

function countFiles(path: string): number {
  try {
    return [...Deno.readDirSync(path)].reduce(
      (n, entry) => n + (entry.isDirectory ? countFiles(`${path}/${entry.name}`) : 1),
      0,
    );
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}

/** The installed version of a native addon, read without loading it. */
function addon(name: string, manifest: string): Part {
  try {
    return { name, found: true, detail: JSON.parse(Deno.readTextFileSync(manifest)).version };
  } catch {
    return { name, found: false, detail: `${manifest} is missing`, remedy: "install the packages: deno install" };
  }
}

function program(name: string, names: readonly string[], remedy: string): Part {
  const folders = (Deno.env.get("PATH") ?? "").split(":");
  const path = names.flatMap((file) => folders.map((folder) => `${folder}/${file}`)).find(isFile);
  return {
    name,
    found: path !== undefined,
    detail: path ?? "not on the PATH",
    ...(path === undefined ? { remedy } : {}),
  };
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
