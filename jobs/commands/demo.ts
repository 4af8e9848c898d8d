import { Command, InvalidArgumentError } from "commander";
import { parseRunSpec, runFromSource, type RunRecord } from "../../engine/backtest/mod.ts";
import { InputError } from "../../engine/errors/mod.ts";
import {
  importCandles,
  type ImportedFile,
  Lake,
  readRobustness,
  writeRobustness,
  writeRun,
} from "../../engine/lake/mod.ts";
import { strategyTitle } from "../../engine/metrics/mod.ts";
import { range, type RobustnessStudy, studyRobustness } from "../../engine/research/mod.ts";
import { interruption } from "../interruption.ts";
import { judgedSweep } from "../judged_sweep.ts";
import { keptWalk } from "../kept_walk.ts";
import { lakePlace } from "../lake_place.ts";
import { answer, note } from "../output.ts";
import { lateProgress, progress } from "../progress.ts";
import { STRATEGIES } from "../registry.ts";
import { evidenceOf } from "../run_evidence.ts";
import { runsTable } from "../run_summary.ts";
import { readSettings } from "../settings.ts";
import { buildSite } from "../site/build.ts";
import { serveStatic, type StaticServer } from "../static_server.ts";
import { studiedRun } from "../studied_run.ts";
import { countedIn } from "../trial_counting.ts";

/** The candles that come with the project. */
const SAMPLES = "data/samples";
const OUTPUT = "dist";
const TIMEFRAME = "1h";
/** Histories of each kind that the demo draws: enough to show what a study is. */
const STUDY_SAMPLES = 30;
/** Where the demo looks for hourly bitcoin first. */
const PREFERRED = ["binance BTC/USDT", "coinbase BTC/USD"];

/** What the demo studies: choices that most people would try. */
const STUDY = { strategy: "sma-cross", grid: { fast: range(5, 50, 5), slow: range(60, 200, 20) } };
const WALK = { trainDays: 180, testDays: 60, gapDays: 1 };

interface Flags {
  json?: boolean;
  from?: string;
  serve: boolean;
  port?: number;
}

/** `demo`: the main job from end to end. */
export function demoCommand(): Command {
  return new Command("demo")
    .description(
      "Import candles, run the built-in strategies on hourly bitcoin against buy-and-hold, study one of them, build the pages, serve them.",
    )
    .option("--from <folder>", "folder of .parquet and .csv files in place of the samples that come with the project")
    .option("--no-serve", "end when the pages are built")
    .option("--port <port>", "port on 127.0.0.1 (default: the setting `port`, or a free one where that is taken)", port)
    .action(run);
}

function port(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError(`"${text}" is not a whole number.`);
  return Number(text);
}

async function run(flags: Flags): Promise<void> {
  const { values: settings, origins } = readSettings({ port: flags.port });
  const files = await importAll(settings.dataDir, flags.from ?? SAMPLES);
  const market = hourlyBitcoin(files, flags.from ?? SAMPLES);
  const runs = await backtests(settings, market);
  await studies(settings, market);
  const study = await studied(settings, runs[0]!);
  const site = await build(settings.dataDir);
  const server = flags.serve ? serve(site.output, settings.port, origins.port.kind !== "default") : undefined;
  answer(
    flags,
    {
      market: { ...market, timeframe: TIMEFRAME },
      runs: runs.map(({ manifest, metrics }) => ({
        strategy: strategyTitle(manifest),
        hash: manifest.run.hash,
        metrics,
      })),
      study: { hash: study.run.hash, headline: study.verdict.headline },
      site: site.output,
      ...(server === undefined ? {} : { url: server.url }),
    },
    () =>
      [
        `${runsTable(runs)}\n`,
        comparison(runs),
        `Stressed, ${study.run.strategy} ${
          sayingOf(study)
        }: its page says what would have to be true for it to make money.`,
        `${site.pages.length} pages in ${OUTPUT}`,
      ].join("\n"),
  );
  if (server === undefined) return;
  note(`The reports are at ${server.url}: open it in a browser, end with Ctrl-C.`);
  await server.finished;
}

async function importAll(dataDir: string, folder: string): Promise<ImportedFile[]> {
  const shown = lateProgress("import");
  const files = await importCandles(lakePlace(dataDir), folder, {
    signal: interruption,
    progress: (done, total, file) => shown.advance(done, total, file.split("/").at(-1)),
  }).finally(shown.end);
  interruption.throwIfAborted();
  const sum = (what: "rows" | "added") => files.reduce((total, file) => total + file[what], 0).toLocaleString("en");
  note(`${sum("rows")} candles in ${files.length} files, ${sum("added")} of them new to the lake`);
  return files;
}

/** The market to run on, among those that were imported. */
function hourlyBitcoin(files: readonly ImportedFile[], folder: string): { exchange: string; symbol: string } {
  const hourly = files.filter(({ symbol, timeframe }) => timeframe === TIMEFRAME && symbol.startsWith("BTC/"));
  const rank = ({ exchange, symbol }: ImportedFile) => {
    const place = PREFERRED.indexOf(`${exchange} ${symbol}`);
    return place < 0 ? PREFERRED.length : place;
  };
  const [best] = hourly.sort((a, b) => rank(a) - rank(b));
  if (best) return { exchange: best.exchange, symbol: best.symbol };
  throw new InputError(
    "demo",
    `${folder} holds no hourly candles of bitcoin: add a file such as binance/BTCUSDT_1h.parquet, or leave out --from`,
  );
}

async function backtests(
  settings: ReturnType<typeof readSettings>["values"],
  market: { exchange: string; symbol: string },
): Promise<RunRecord[]> {
  const { dataDir, cashQuote, makerBps, takerBps, slippageBps } = settings;
  const counting = countedIn(dataDir, settings.ledger);
  // A portfolio of one market is buy-and-hold.
  const strategies = STRATEGIES.filter((strategy) => strategy.bind().allocation === undefined);
  const lake = new Lake(lakePlace(dataDir)), runs: RunRecord[] = [], shown = progress("backtests", strategies.length);
  try {
    for (const [i, strategy] of strategies.entries()) {
      shown.advance(i, strategy.id);
      const spec = parseRunSpec({
        strategy: strategy.id,
        params: {},
        markets: [market],
        timeframe: TIMEFRAME,
        account: { cashQuote },
        costs: { makerBps, takerBps, slippageBps },
      });
      const run = await runFromSource(spec, strategy.bind(), lake, () => !interruption.aborted);
      interruption.throwIfAborted();
      await writeRun(dataDir, run, counting);
      runs.push(run);
    }
    shown.advance(runs.length);
  } finally {
    shown.end();
    await lake.close();
  }
  return runs;
}

/** The first strategy, stressed: a small study of it, kept for its page. */
async function studied(
  { dataDir, ledger }: ReturnType<typeof readSettings>["values"],
  { manifest }: RunRecord,
): Promise<RobustnessStudy> {
  const known = await readRobustness(dataDir, manifest.run.hash);
  // A larger study that its user has made is not to be lost to this one.
  if (known !== null && !known.interrupted && known.settings.samples > STUDY_SAMPLES) return known;
  const counting = countedIn(dataDir, ledger), own = await studiedRun(manifest.run.hash, {}, dataDir, counting);
  const evidence = await evidenceOf(own.run, dataDir, counting);
  const shown = lateProgress("robustness");
  const study = await studyRobustness({ ...own, evidence }, { samples: STUDY_SAMPLES }, {
    progress(done, total, part) {
      shown.advance(done, total, part);
      return !interruption.aborted;
    },
  }).finally(shown.end);
  interruption.throwIfAborted();
  await writeRobustness(dataDir, study);
  return study;
}

function sayingOf({ verdict: { headline } }: RobustnessStudy): string {
  return headline === "fragile" ? "is fragile" : headline === "too little to tell" ? "says too little" : headline;
}

/** A sweep of one strategy, and a walk through the same history. */
async function studies(
  settings: ReturnType<typeof readSettings>["values"],
  market: { exchange: string; symbol: string },
): Promise<void> {
  const study = { ...market, ...STUDY, timeframe: TIMEFRAME, objective: "sharpe" };
  await judgedSweep(study, settings);
  interruption.throwIfAborted();
  await keptWalk(study, WALK, settings);
  interruption.throwIfAborted();
}

async function build(dataDir: string) {
  const shown = progress("pages", 3);
  try {
    return await buildSite({
      dataDir,
      output: OUTPUT,
      signal: interruption,
      progress: (done, _, step) => shown.advance(done, step),
    });
  } finally {
    shown.end();
  }
}

/** How the strategies did beside the last one, buy-and-hold. */
function comparison(runs: readonly RunRecord[]): string {
  const benchmark = runs.at(-1)!, others = runs.slice(0, -1);
  const better = (figure: "totalReturnFraction" | "sharpe") =>
    others.filter(({ metrics }) => (metrics[figure] ?? -Infinity) > (benchmark.metrics[figure] ?? -Infinity)).length;
  return `Of ${others.length} strategies ${better("totalReturnFraction")} returned more than ${
    strategyTitle(benchmark.manifest)
  }` +
    ` and ${better("sharpe")} had a higher Sharpe ratio, after fees.`;
}

function serve(folder: string, port: number, wasAskedFor: boolean): StaticServer {
  try {
    return serveStatic(folder, port, interruption);
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    if (!wasAskedFor) return serveStatic(folder, 0, interruption);
    throw new InputError("demo", `port ${port} is taken: choose another with --port`);
  }
}
