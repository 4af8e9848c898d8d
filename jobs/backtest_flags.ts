// The options of `backtest` and `sweep` that say what is run, and the run spec that they make.
import { type Command, InvalidArgumentError, Option } from "commander";
import { FILL_RULES, parseRunSpec, type RunSpec, type RunSpecInput } from "../engine/backtest/mod.ts";
import { InputError, UsageError } from "../engine/errors/mod.ts";
import { stated } from "../engine/identity/mod.ts";
import { number, parameter, type Parameters } from "./parameters.ts";
import { findStrategy } from "./registry.ts";
import { readSettings } from "./settings.ts";

/** What is said on the command line, the options that say what to show included. */
export interface Flags {
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
  path?: string;
  sizing?: RunSpecInput["sizing"];
  seed?: number;
  tick?: string;
  lot?: string;
  minNotional?: string;
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

/** Finds the exchange that has a market. */
interface Markets {
  exchangeOf(symbol: string, timeframe: string): Promise<string>;
}

/** The sizings that one number says, and the name that a spec gives it. */
const SIZINGS: Readonly<Record<string, string>> = {
  "equity-fraction": "fraction",
  "fixed-notional": "notionalQuote",
  "risk-per-trade": "fraction",
  "units": "units",
  "volatility-target": "annualVolatilityFraction",
  "atr-risk": "fraction",
};

/** Adds the options that say of any run over one strategy which candles, costs and account it has. */
export function withCommonOptions(command: Command): Command {
  return command
    .option("--exchange <name>", "needed where several have the market")
    .option("--from <time>", "first open time on which it may decide")
    .option("--to <time>", "time at which to end, not included")
    .option("--cash-quote <amount>", "cash at the start", number)
    .option("--maker-bps <bps>", "fee of orders that waited, basis points", number)
    .option("--taker-bps <bps>", "fee of orders that took, basis points", number)
    .option("--slippage-bps <bps>", "how much worse than the candle a market or stop order fills", number)
    .option("--kind <kind>", "what is traded: spot, linear or inverse contracts; spot unless stated")
    .option("--leverage <factor>", "size of contracts that the equity may hold, as a multiple of it", number);
}

/** Adds the options that say what is run. */
export function withRunOptions(command: Command): Command {
  command
    .option("--strategy <id>", "as in sma-cross")
    .option("--symbol <symbol...>", "market, as in BTC/USDT; several share the account")
    .option("--timeframe <timeframe>", "as in 1h");
  return withCommonOptions(command)
    .option("--param <name=value...>", "parameter of the strategy", parameter)
    .option("--spec <file>", "a run spec, or the manifest of a run, in place of the options above")
    .option("--fill-rules <name>", `${FILL_RULES.map(({ id }) => id).join(", ")}`)
    .option("--funding", "charge the funding of contracts that the lake has")
    .option("--mark-price", "value contracts by the mark price that the lake has")
    .option("--limit <name=value...>", "limit of the account, as in maxPositions=3 or maxDrawdownFraction=0.2", limit)
    .option(
      "--detail <timeframe>",
      "finer candles that orders meet, as in 1m, so that the way inside a candle is known",
    )
    .addOption(
      new Option("--path <path>", "way of the price inside a candle; the pessimistic one unless stated")
        .choices(["pessimistic", "nearest-extreme", "random"]),
    )
    .option("--sizing <kind=number>", `size of entries: ${Object.keys(SIZINGS).join(", ")}, as in units=2`, sizing)
    .option("--tick <step>", "step of prices of the markets, as in 0.01")
    .option("--lot <step>", "step of quantities, as in 0.001")
    .option("--min-notional <amount>", "smallest order, quote units")
    .option("--seed <number>", "of everything random in the run", number);
}

function limit(text: string, before: Readonly<Record<string, number>> = {}): Readonly<Record<string, number>> {
  const [, name, value] = /^(\w+)=(.+)$/.exec(text) ?? [];
  if (name === undefined) throw new InvalidArgumentError(`"${text}" is not NAME=VALUE, as in maxPositions=3.`);
  return { ...before, [name]: number(value!) };
}

function sizing(text: string): RunSpecInput["sizing"] {
  const [, kind, value] = /^([a-z-]+)=(.+)$/.exec(text) ?? [], name = SIZINGS[kind ?? ""];
  if (name === undefined) {
    throw new InvalidArgumentError(`"${text}" is not KIND=NUMBER with one of ${Object.keys(SIZINGS).join(", ")}.`);
  }
  return { kind, [name]: number(value!) } as RunSpecInput["sizing"];
}

/** What the options of a command say, as a run spec. */
export async function specOf(flags: Flags, lake: Markets, command = "backtest"): Promise<RunSpec> {
  const missing = (["strategy", "symbol", "timeframe"] as const).filter((name) => flags[name] === undefined);
  if (missing.length > 0) {
    throw new UsageError(`${command} needs ${missing.map((name) => `--${name}`).join(" and ")}, or --spec FILE`);
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
    const { kind, tick, lot, minNotional } = flags;
    markets.push({ exchange, symbol, ...stated({ kind: kind as "linear" | undefined, tick, lot, minNotional }) });
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
    ...stated({ fillRules: fillRulesOf(flags), sizing: flags.sizing, seed: flags.seed }),
  });
}

/** A named set, with another path inside candles where one is stated: then it says so in its name. */
function fillRulesOf({ fillRules, path }: Flags): RunSpecInput["fillRules"] {
  if (path === undefined) return fillRules as RunSpecInput["fillRules"];
  const base = FILL_RULES.find(({ id }) => id === (fillRules ?? "default"));
  if (base === undefined || path === "pessimistic") return (base ?? fillRules) as RunSpecInput["fillRules"];
  return { ...base, id: `${base.id} on ${path} path`, path: path as "random" };
}

/** A spec of a file, beside which nothing else may say what is run. */
export async function readSpec(path: string, flags: Flags): Promise<RunSpec> {
  const beside = Object.keys(flags).filter((name) =>
    !["spec", "json", "debug", "equity", "explain", "against", "listings"].includes(name)
  );
  if (beside.length > 0) throw besideSpec("everything", beside);
  return await specOfFile(path);
}

/** The error of options beside a spec that says what they say. */
export function besideSpec(what: string, names: readonly string[]): UsageError {
  const flags = names.map((name) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`);
  return new UsageError(`--spec says ${what}: leave out ${flags.join(" ")}`);
}

/** The run spec in a file. @throws {InputError} `run-spec` for a file that is none. */
export async function specOfFile(path: string): Promise<RunSpec> {
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
