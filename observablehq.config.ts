// The pages' configuration for Observable Framework, read by the site build (jobs/site/) and by its preview.
import { runNames } from "./src/data/run_names.ts";

/** The options used here; Framework publishes no types. */
interface FrameworkConfig {
  root: string;
  output: string;
  title: string;
  style: string;
  head: string;
  footer: string;
  globalStylesheets: string[];
  pages: { name: string; open?: boolean; pages: { name: string; path: string }[] }[];
  dynamicPaths: string[];
  interpreters: Record<string, string[]>;
  pager: boolean;
  toc: boolean;
  search: boolean;
  preserveIndex: boolean;
  preserveExtension: boolean;
}

const DATA_DIR = Deno.env.get("CRYPTO_TRADER_DATA_DIR") ?? "data";
/** Runs named in the sidebar; the home page lists all. */
const RUNS_IN_SIDEBAR = 20;

/** What a manifest says that a link needs. */
interface RunName {
  /** Or several on one account. */
  readonly strategy?: string;
  readonly strategies?: readonly { readonly id: string }[];
  readonly markets: readonly { readonly symbol: string }[];
  readonly timeframe: string;
}

const hashes = namesIn(`${DATA_DIR}/runs`).filter((name) => /^[0-9a-f]{64}$/.test(name));
const stressed = namesIn(`${DATA_DIR}/robustness`).filter((name) => /^[0-9a-f]{64}\.json$/.test(name))
  .map((name) => name.slice(0, -".json".length));
const notebooks = [...new Set([...namesIn("notebooks"), ...namesIn(`${DATA_DIR}/notebooks`)])]
  .filter((name) => name.endsWith(".ipynb")).map((name) => name.slice(0, -".ipynb".length)).sort();

const named = hashes.slice(0, RUNS_IN_SIDEBAR).map((hash) => {
  const { strategy, strategies, markets, timeframe }: RunName = JSON.parse(
    Deno.readTextFileSync(`${DATA_DIR}/runs/${hash}/manifest.json`),
  );
  const title = strategy ?? strategies!.map(({ id }) => id).join(" + ");
  const market = markets.length === 1 ? markets[0].symbol : `${markets.length} markets`;
  return { name: `${title} · ${market} · ${timeframe}`, hash };
});
const runs = runNames(named).map((name, i) => ({ name, path: `/backtest/${named[i].hash}` }))
  .sort((a, b) => a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

/** Studies of runs that are kept are named as their runs are. */
const verdicts = runs.filter(({ path }) => stressed.includes(path.slice("/backtest/".length)))
  .map(({ name, path }) => ({ name, path: path.replace("/backtest/", "/verdict/") }));

/** What the document of a study says that a link needs. */
interface StudyName {
  readonly kind: "sweep" | "search" | "walk-forward";
  readonly subject: { readonly strategy: string; readonly markets: string; readonly timeframe: string };
}

const studies = namesIn(`${DATA_DIR}/studies`).filter((id) => isThere(`${DATA_DIR}/studies/${id}/study.json`)).map(
  (id) => {
    const { kind, subject }: StudyName = JSON.parse(Deno.readTextFileSync(`${DATA_DIR}/studies/${id}/study.json`));
    const folder = kind === "walk-forward" ? "walk-forward" : "sweep";
    const name = `${subject.strategy} · ${subject.markets} · ${subject.timeframe} · ${kind}`;
    return { name, hash: id, path: `/${folder}/${id}` };
  },
);
const studyPages = runNames(studies).map((name, i) => ({ name, path: studies[i].path })).slice(0, RUNS_IN_SIDEBAR);

const config: FrameworkConfig = {
  root: "src",
  output: Deno.env.get("CRYPTO_TRADER_SITE_OUTPUT") ?? "dist",
  title: "Crypto Trader",
  style: "style.css",
  head: `<link rel="icon" href="data:,">`,
  footer: "",
  globalStylesheets: [],
  pages: [
    { name: "Backtests", pages: runs },
    { name: "Verdicts", pages: verdicts },
    { name: "Studies", pages: studyPages },
    { name: "Notebooks", pages: notebooks.map((name) => ({ name, path: `/notebooks/${name}` })) },
  ].filter(({ pages }) => pages.length > 0),
  dynamicPaths: [
    ...hashes.map((hash) => `/backtest/${hash}`),
    ...stressed.map((hash) => `/verdict/${hash}`),
    ...studies.map(({ path }) => path),
    ...notebooks.map((name) => `/notebooks/${name}`),
  ],
  // A loader reads files and the lake through DuckDB, a native library; it writes nothing but its output.
  interpreters: {
    ".ts": [
      Deno.execPath(),
      "run",
      "--quiet",
      "--no-prompt",
      "--allow-read",
      "--allow-env=CRYPTO_TRADER_DATA_DIR",
      "--allow-ffi=node_modules",
    ],
  },
  pager: false,
  toc: false,
  search: false,
  preserveIndex: true,
  preserveExtension: true,
};

export default config;

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Names of what a folder holds, sorted; none when it is not there. */
function namesIn(folder: string): string[] {
  try {
    return Array.from(Deno.readDirSync(folder), ({ name }) => name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
