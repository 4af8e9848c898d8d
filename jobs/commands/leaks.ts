import { Command } from "commander";
import { InputError, UsageError } from "../../engine/errors/mod.ts";
import { Lake } from "../../engine/lake/mod.ts";
import { leaks } from "../../engine/leaks.ts";
import { type CandleColumns, type FundingColumns, instrument, sliceCandles } from "../../engine/market/mod.ts";
import { isPipeline, leakText } from "../../engine/research/mod.ts";
import { parseTimestamp, timeframe as checkedTimeframe } from "../../engine/time/mod.ts";
import { endAtInterruption } from "../interruption.ts";
import { lakePlace } from "../lake_place.ts";
import { leakSubject } from "../leak_subject.ts";
import { answer, note } from "../output.ts";
import { parameter, type Parameters, whole } from "../parameters.ts";
import { lateProgress } from "../progress.ts";
import { readSettings } from "../settings.ts";

/** Candles that are looked at where no time is stated: enough to show a leak, few enough to do so in seconds. */
const USUAL_CANDLES = 3000;

interface Flags {
  json?: boolean;
  strategy?: string;
  pipeline?: string;
  symbol?: string[];
  timeframe?: string;
  exchange?: string;
  from?: string;
  to?: string;
  param?: Parameters;
  samples?: number;
  seed?: number;
  funding?: boolean;
}

/** `leaks`: what a strategy or a pipeline knows of the future, and how long its beginning matters. */
export function leaksCommand(): Command {
  return new Command("leaks")
    .description(
      "Replace the future after each of many decisions, and name what changes; status 1 where something does. " +
        "Says, too, how many candles each value needs.",
    )
    .option("--strategy <id or file>", "a strategy's id, or a file that exports one, or several: mine.ts#second")
    .option("--pipeline <file>", "a file that exports what definePipeline gives")
    .option("--symbol <symbol...>", "market, as in BTC/USDT; others after it are read, or chosen from")
    .option("--timeframe <timeframe>", "as in 1h")
    .option("--exchange <name>", "needed where several have the market")
    .option("--from <time>", `first open time; without it the last ${USUAL_CANDLES} candles are looked at`)
    .option("--to <time>", "time at which to end, not included")
    .option("--param <name=value...>", "parameter of the strategy", parameter)
    .option("--funding", "let a pipeline read the funding that the lake has")
    .option("--samples <count>", "decisions after which the future is replaced", whole)
    .option("--seed <number>", "of what replaces it", whole)
    .action(run);
}

async function run(flags: Flags): Promise<void> {
  const { strategy, pipeline, symbol, timeframe } = flags, name = strategy ?? pipeline;
  if (name === undefined || (strategy !== undefined && pipeline !== undefined)) {
    throw new UsageError("leaks needs either --strategy ID or FILE, or --pipeline FILE");
  }
  if (symbol === undefined || timeframe === undefined) throw new UsageError("leaks needs --symbol and --timeframe");
  const settings = readSettings().values, lake = new Lake(lakePlace(settings.dataDir));
  let history: CandleColumns[], funding: FundingColumns | undefined;
  try {
    history = await Promise.all(symbol.map((own) => candlesOf(lake, own, timeframe, flags, settings.exchange)));
    if (flags.funding) funding = await lake.funding(history[0]!.instrument);
  } finally {
    await lake.close();
  }
  const subject = await leakSubject(name), first = typeof subject === "function" ? subject(...history) : subject;
  if (flags.param !== undefined && isPipeline(first)) {
    throw new InputError("parameter", `${first.id} is a pipeline and has no parameters: leave --param out`);
  }
  note(`${first.id}: looking at ${history[0]!.length} candles of ${history[0]!.instrument.id}`);
  endAtInterruption();
  const { param, samples, seed } = flags, others = history.slice(1), shown = lateProgress("leaks");
  const report = leaks(subject, isPipeline(first) ? history : history[0]!, {
    ...(param === undefined ? {} : { params: param }),
    ...(samples === undefined ? {} : { samples }),
    ...(seed === undefined ? {} : { seed }),
    ...(funding === undefined ? {} : { funding }),
    ...(isPipeline(first) || others.length === 0 ? {} : { reads: others }),
    progress: shown.advance,
  });
  shown.end();
  if (!report.clean) Deno.exitCode = 1;
  answer(flags, report, () => leakText(report));
}

/** Candles of one market, the last ones where no time is stated. */
async function candlesOf(
  lake: Lake,
  symbol: string,
  length: string,
  { exchange, from, to }: Flags,
  usualExchange: string | null,
): Promise<CandleColumns> {
  const venue = exchange ?? usualExchange ?? await lake.exchangeOf(symbol, length);
  const candles = await lake.candles({
    instrument: instrument({ exchange: venue, symbol }),
    timeframe: checkedTimeframe(length),
    ...(from === undefined ? {} : { from: parseTimestamp(from) }),
    ...(to === undefined ? {} : { to: parseTimestamp(to) }),
  });
  if (from !== undefined || candles.length <= USUAL_CANDLES) return candles;
  return sliceCandles(candles, candles.length - USUAL_CANDLES, candles.length);
}
