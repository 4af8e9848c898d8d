// The one program behind `deno task COMMAND`. A command's file is loaded only when that command is called, so
// `metrics` never loads DuckDB and `doctor` answers even where a native addon is missing.
import { type CommandEntry, run } from "./command_line.ts";

/** Name, summary, and the file that exports `NAMECommand`. */
const commands: CommandEntry[] = [
  ["demo", "run the main job from end to end and show its reports", () => import("./commands/demo.ts")],
  ["candles", "import, list, check and export candles", () => import("./commands/candles.ts")],
  ["backtest", "run a strategy over candles of the lake", () => import("./commands/backtest.ts")],
  ["sweep", "backtest a grid of parameters over candles of the lake", () => import("./commands/sweep.ts")],
  ["search", "search the parameters of a strategy over candles of the lake", () => import("./commands/search.ts")],
  [
    "walk-forward",
    "choose parameters on the past and trade them on what followed",
    () => import("./commands/walk_forward.ts"),
  ],
  [
    "cross-validate",
    "test the choice of parameters on days it did not see, in every combination",
    () => import("./commands/cross_validate.ts"),
  ],
  ["autopilot", "let strategies trade by themselves", () => import("./commands/autopilot.ts")],
  ["kill", "stop all trading at once", () => import("./commands/kill.ts")],
  ["certify", "replay a session and hold it against the journal", () => import("./commands/certify.ts")],
  ["trade", "trade a session of the journal", () => import("./commands/trade.ts")],
  [
    "watchdog",
    "watch a session's positions, and close them where nobody else does",
    () => import("./commands/watchdog.ts"),
  ],
  ["mutate", "put bugs into the code and see what finds them", () => import("./commands/mutate.ts")],
  ["simulate", "trade simulated days in which everything fails", () => import("./commands/simulate.ts")],
  ["release", "try at length what the tests try in short", () => import("./commands/release.ts")],
  ["exchange", "run an exchange on loopback", () => import("./commands/exchange.ts")],
  ["worker", "work on the tasks of the queue", () => import("./commands/worker.ts")],
  ["start", "run the database, workers and the scheduler", () => import("./commands/start.ts")],
  ["scheduler", "put the tasks that are due into the queue", () => import("./commands/scheduler.ts")],
  ["tasks", "put background work into the queue, and look after it", () => import("./commands/tasks.ts")],
  [
    "verify",
    "recompute every figure of a run or a report, and list those that moved",
    () => import("./commands/verify.ts"),
  ],
  ["leaks", "find what a strategy or a pipeline knows of the future", () => import("./commands/leaks.ts")],
  [
    "robustness",
    "stress a run, and say what would have to be true for it to make money",
    () => import("./commands/robustness.ts"),
  ],
  ["site", "build the report pages", () => import("./commands/site.ts")],
  ["notebooks", "execute the notebooks", () => import("./commands/notebooks.ts")],
  ["test", "run the tests", () => import("./commands/test.ts")],
  ["check", "check format, lint, types, imports and examples", () => import("./commands/check.ts")],
  ["indicators", "list the indicators, or compute one", () => import("./commands/indicators.ts")],
  ["metrics", "compute the figures of returns or of equity in a CSV file", () => import("./commands/metrics.ts")],
  ["ledger", "list and verify the trials of the ledger", () => import("./commands/ledger.ts")],
  ["journal", "back up, restore, verify and thin out the journal of trading", () => import("./commands/journal.ts")],
  ["portfolio", "tax lots and fills of kept runs and of accounts", () => import("./commands/portfolio.ts")],
  ["keys", "add, list, test, rotate and remove the keys of venues", () => import("./commands/keys.ts")],
  ["unlock", "hand what opens the vault to another process", () => import("./commands/unlock.ts")],
  ["mode", "show what each account may do, raise it and lower it", () => import("./commands/mode.ts")],
  ["audit", "list and verify the privileged acts", () => import("./commands/audit.ts")],
  ["notify", "try the channels by which people are told", () => import("./commands/notify.ts")],
  ["slippage", "fit a slippage model to recorded fills", () => import("./commands/slippage.ts")],
  ["kernels", "compile the kernels written in AssemblyScript", () => import("./commands/kernels.ts")],
  ["bench", "measure the speed, beside other tools where they are installed", () => import("./commands/bench.ts")],
  ["wire-fuzz", "send mutated answers of venues through the adapters", () => import("./commands/wire_fuzz.ts")],
  ["doctor", "show settings, versions and what is missing", () => import("./commands/doctor.ts")],
];

if (import.meta.main) Deno.exit(await run(commands, Deno.args));
