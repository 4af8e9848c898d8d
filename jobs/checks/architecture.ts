// The one table of who may import whom, and what the pure modules must not touch. `deno task check` reads it;
// import_rules.ts and pure_modules.ts enforce it. A change here is a decision: add a page to docs/decisions/.

/** Module `n` stands on row `n`, with the numbers of the modules that it may import (type imports count). */
const rows: [number, string, string][] = [
  [1, "errors", ""],
  [2, "identity", "1"],
  [3, "money", "1"],
  [4, "time", "1"],
  [5, "market", "1-4"],
  [6, "orders", "1-5"],
  [7, "portfolio", "1-6"],
  [8, "series", "1-5"],
  [9, "indicators", "1-5 8"],
  [10, "metrics", "1-7"],
  [11, "strategies", "1-9"],
  [12, "risk", "1-9"],
  [13, "trader", "1-9 11 12"],
  [14, "simulator", "1-6"],
  [15, "backtest", "1-14"],
  [16, "research", "1-15"],
  [17, "settings", "1-5"],
  [18, "database", "1 2 4 17"],
  [19, "journal", "1-7 12 18"],
  [20, "cache", "1-5 18"],
  [21, "tasks", "1 2 4 16 18"],
  [22, "security", "1 2 4 18"],
  [23, "lake", "1-7 10 15 16"],
  [24, "exchanges", "1-6 14"],
  [25, "learning", "1-16 18"],
  [29, "notifications", "1 2 4 17 18"],
  [26, "live", "1-15 18-20 22 24 29"],
  [27, "api", "1-12 15 16 18-22"],
  [28, "display", "1-10"],
];

/** The names of the modules with these numbers, as in `"1-4 8"`. */
function named(numbers: string): string[] {
  return numbers.split(" ").filter(Boolean).flatMap((part) => {
    const [from, to = from] = part.split("-").map(Number);
    return rows.filter(([n]) => n >= from && n <= to).map(([, name]) => name);
  });
}

/** What each engine module may import from the others. */
export const imports: ReadonlyMap<string, readonly string[]> = new Map(
  rows.map(([, name, numbers]) => [name, named(numbers)]),
);

/** Modules 1–16: no I/O, no clock, no chance; a test of them needs no permission. */
export const pureModules: ReadonlySet<string> = new Set(named("1-16"));

/** The only packages that pure modules may import. */
export const purePackages: ReadonlySet<string> = new Set(["@noble/hashes", "zod"]);

/** What data loaders in `src/` may import; pages and components import `src/` only. */
export const loaderImports: ReadonlySet<string> = new Set(named("1-16 23"));

/** The one file of the pages that names engine modules, and which it may: what it exports is bundled for the browser. */
export const pageEngine: { readonly file: string; readonly imports: ReadonlySet<string> } = {
  file: "src/components/engine.ts",
  imports: new Set(named("1-11")),
};

/** What a process must not contain: a file and the modules or packages that nothing it loads at its start may import. */
export const processes: readonly { entry: string; without: readonly string[]; reason: string }[] = [
  {
    entry: "jobs/main.ts",
    without: ["lake", "exchanges", "learning", "@duckdb/node-api", "playwright-core"],
    reason: "a command's file is loaded only when that command is called",
  },
  {
    entry: "jobs/commands/doctor.ts",
    without: ["lake", "@duckdb/node-api", "playwright-core"],
    reason: "it answers where a native addon is missing",
  },
  ...["tasks", "scheduler", "start"].map((command) => ({
    entry: `jobs/commands/${command}.ts`,
    without: ["lake", "exchanges", "learning", "@duckdb/node-api", "playwright-core"],
    reason: "a task's file loads what is heavy when a worker runs it",
  })),
  ...["keys", "audit", "mode", "notify"].map((command) => ({
    entry: `jobs/commands/${command}.ts`,
    without: ["lake", "exchanges", "learning", "@duckdb/node-api", "@napi-rs/keyring", "playwright-core"],
    reason: "it handles secrets, and native code could read them",
  })),
  ...["trading", "watchdog"].map((name) => ({
    entry: `jobs/trading/${name}_process.ts`,
    without: ["lake", "learning", "@duckdb/node-api", "@napi-rs/keyring", "playwright-core"],
    reason: "it holds the key of an account, and native code could read it",
  })),
  {
    entry: "jobs/commands/metrics.ts",
    without: ["lake", "@duckdb/node-api", "playwright-core"],
    reason: "it reads one file and needs no native addon",
  },
];

/** Files of pure modules that may use a banned name, each with its reason. */
export const exceptions: readonly { path: string; uses: readonly string[]; reason: string }[] = [
  { path: "engine/time/system_clock.ts", uses: ["Date.now"], reason: "the one reader of the machine's clock" },
  { path: "engine/time/system_timer.ts", uses: ["setTimeout"], reason: "the one that waits by the machine's timers" },
  { path: "engine/research/trial_pool.ts", uses: ["Worker"], reason: "the pool of a sweep's threads" },
  { path: "engine/research/trial_worker.ts", uses: ["self"], reason: "a thread of that pool: it hears and answers" },
];
