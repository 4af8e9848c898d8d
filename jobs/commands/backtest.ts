import { Command, InvalidArgumentError } from "commander";
import {
  bindStrategies,
  explainRun,
  FILL_RULES,
  loadCandles,
  loadFeeds,
  parseRunSpec,
  runFromSource,
  type RunRecord,
  type RunSpec,
  withListings,
} from "../../engine/backtest/mod.ts";
import { InputError, UsageError } from "../../engine/errors/mod.ts";
import { Lake, readRun, writeRun } from "../../engine/lake/mod.ts";
import { runContributions } from "../../engine/metrics/mod.ts";
import { compareTrades } from "../../engine/portfolio/mod.ts";
import { parseTimestamp, timeframe } from "../../engine/time/mod.ts";
import { differencesText } from "../differences_text.ts";
import { explanationText } from "../explanation_text.ts";
import { interruption } from "../interruption.ts";
import { answer } from "../output.ts";
import { parameter, type Parameters } from "../parameters.ts";
import { progress } from "../progress.ts";
import { findStrategy } from "../registry.ts";
import { runSummary } from "../run_summary.ts";
import { readSettings } from "../settings.ts";
import { countedIn } from "../trial_counting.ts";

interface Flags {
  json?: boolean;
  strategy?: string;
  symbol?: string[];
  timeframe?: string;
  exchange?: string;
  from?: string;
  to?: string;
  param?: Parameters;
  spec?: string;
  equity?: boolean;
  fillRules?: string;
  cashQuote?: number;
  makerBps?: number;
  takerBps?: number;
  slippageBps?: number;
  detail?: string;
  explain?: string;
  against?: string;
  listings?: boolean;
  kind?: string;
  leverage?: number;
  funding?: boolean;
  markPrice?: boolean;
  limit?: Readonly<Record<string, number>>;
}

/** `backtest`: runs a strategy over candles of the lake and keeps the run. */
export function backtestCommand(): Command {
  return new Command("backtest")
    .description("Run a strategy over candles of the lake, and keep the run in data/runs.")
    .option("--strategy <id>", "as in sma-cross")
    .option("--symbol <symbol...>", "market, as in BTC/USDT; several share the account")
    .option("--timeframe <timeframe>", "as in 1h")
    .option("--exchange <name>", "needed where several have the market")
    .option("--from <time>", "first open time on which it may decide")
    .option("--to <time>", "time at which to end, not included")
    .option("--param <name=value...>", "parameter of the strategy", parameter)
    .option("--spec <file>", "a run spec, or the manifest of a run, in place of the options above")
    .option("--fill-rules <name>", `${FILL_RULES.map(({ id }) => id).join(", ")}`)
    .option("--cash-quote <amount>", "cash at the start", number)
    .option("--maker-bps <bps>", "fee of orders that waited, basis points", number)
    .option("--taker-bps <bps>", "fee of orders that took, basis points", number)
    .option("--slippage-bps <bps>", "how much worse than the candle a market or stop order fills", number)
    .option("--kind <kind>", "what is traded: spot, linear or inverse contracts; spot unless stated")
    .option("--leverage <factor>", "size of contracts that the equity may hold, as a multiple of it", number)
    .option("--funding", "charge the funding of contracts that the lake has")
    .option("--mark-price", "value contracts by the mark price that the lake has")
    .option("--listings", "take from the lake when its markets were listed and delisted")
    .option("--limit <name=value...>", "limit of the account, as in maxPositions=3 or maxDrawdownFraction=0.2", limit)
    .option(
      "--detail <timeframe>",
      "finer candles that orders meet, as in 1m, so that the way inside a candle is known",
    )
    .option("--against <run>", "list the trades that differ from those of a kept run, named by its hash or part of it")
    .option("--explain <time>", "take the run apart at a moment, as in 2024-08-05T06:00")
    .option("--equity", "print the equity at each close, too")
    .action(run);
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new InvalidArgumentError(`"${text}" is not a number.`);
  return value;
}

function limit(text: string, before: Readonly<Record<string, number>> = {}): Readonly<Record<string, number>> {
  const [, name, value] = /^(\w+)=(.+)$/.exec(text) ?? [];
  if (name === undefined) throw new InvalidArgumentError(`"${text}" is not NAME=VALUE, as in maxPositions=3.`);
  return { ...before, [name]: number(value!) };
}

async function run(flags: Flags): Promise<void> {
  const { dataDir, ledger } = readSettings().values;
  const lake = new Lake(dataDir);
  const stated = flags.spec === undefined ? await specOf(flags, lake) : await readSpec(flags.spec, flags);
  const spec = flags.listings ? withListings(stated, await lake.listings()) : stated;
  const strategies = bindStrategies(spec, findStrategy);
  const other = flags.against === undefined ? undefined : await readRun(dataDir, flags.against);
  const explanation = flags.explain === undefined ? undefined : explainRun(
    spec,
    strategies,
    await loadCandles(spec, strategies, lake),
    parseTimestamp(flags.explain),
    {},
    await loadFeeds(spec, strategies, lake),
  );
  let shown: ReturnType<typeof progress> | undefined;
  const record = await runFromSource(spec, strategies, lake, (done, total) => {
    (shown ??= progress("backtest", total)).advance(done);
    return !interruption.aborted;
  });
  shown?.end();
  await lake.close();
  interruption.throwIfAborted();
  const folder = await writeRun(dataDir, record, countedIn(dataDir, ledger));
  const differences = other && compareTrades(other.trades, record.trades, timeframe(spec.timeframe));
  const document = {
    ...documentOf(record, flags.equity ?? false),
    ...(explanation ? { explanation } : {}),
    ...(differences ? { differences } : {}),
  };
  answer(flags, document, () =>
    [
      ...(explanation ? [explanationText(explanation)] : []),
      runSummary(record),
      ...(other && differences ? [differencesText(other, record, differences)] : []),
      `kept in ${folder}`,
    ].join("\n\n"));
}

async function specOf(flags: Flags, lake: Lake): Promise<RunSpec> {
  const missing = (["strategy", "symbol", "timeframe"] as const).filter((name) => flags[name] === undefined);
  if (missing.length > 0) {
    throw new UsageError(`backtest needs ${missing.map((name) => `--${name}`).join(" and ")}, or --spec FILE`);
  }
  const settings = readSettings({
    cashQuote: flags.cashQuote,
    makerBps: flags.makerBps,
    takerBps: flags.takerBps,
    slippageBps: flags.slippageBps,
  }).values;
  const { strategy, timeframe } = flags as { strategy: string; timeframe: string };
  findStrategy(strategy);
  const markets = [];
  for (const symbol of flags.symbol!) {
    const exchange = flags.exchange ?? settings.exchange ?? await lake.exchangeOf(symbol, timeframe);
    markets.push({ exchange, symbol, ...(flags.kind === undefined ? {} : { kind: flags.kind as "linear" }) });
  }
  const { makerBps, takerBps, slippageBps } = settings;
  return parseRunSpec({
    strategy,
    params: flags.param ?? {},
    markets,
    timeframe,
    from: flags.from ?? null,
    to: flags.to ?? null,
    account: {
      cashQuote: settings.cashQuote,
      ...(flags.leverage === undefined ? {} : { leverage: flags.leverage }),
      ...(flags.funding === undefined ? {} : { funding: flags.funding }),
      ...(flags.markPrice === undefined ? {} : { markPrice: flags.markPrice }),
    },
    costs: { makerBps, takerBps, slippageBps },
    limits: flags.limit ?? {},
    ...(flags.detail === undefined ? {} : { detail: flags.detail }),
    ...(flags.fillRules === undefined ? {} : { fillRules: flags.fillRules }),
  });
}

async function readSpec(path: string, flags: Flags): Promise<RunSpec> {
  const beside = Object.keys(flags).filter((name) =>
    !["spec", "json", "debug", "equity", "explain", "against", "listings"].includes(name)
  );
  if (beside.length > 0) {
    throw new UsageError(`--spec says everything: leave out ${beside.map((name) => `--${name}`).join(" ")}`);
  }
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (cause) {
    throw new InputError("run-spec", `${path} cannot be read: check the path`, { cause });
  }
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    throw new InputError("run-spec", `${path} is not JSON (${(cause as Error).message}): mend it`, { cause });
  }
  return parseRunSpec(content);
}

function documentOf(record: RunRecord, withEquity: boolean) {
  const { manifest, trades, metrics, notes, equity } = record;
  const { run, ...spec } = manifest;
  return {
    hash: run.hash,
    spec,
    data: run.data,
    trades: trades.map((trade) => ({ ...trade, reason: trade.exitReason })),
    metrics,
    contributions: runContributions(record),
    notes,
    ...(withEquity ? { equity: Array.from(equity.equity), closeTimeMs: Array.from(equity.closeTimeMs) } : {}),
  };
}
