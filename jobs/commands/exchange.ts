import { Command, InvalidArgumentError, Option } from "commander";
import { z } from "zod";
import { InputError } from "../../engine/errors/mod.ts";
import {
  type FaultPlan,
  faultPlanSchema,
  LOOPBACK_KEY,
  type LoopbackMarket,
  recordedMarket,
  startLoopbackExchange,
  VenueClock,
} from "../../engine/exchanges/mod.ts";
import { instrument } from "../../engine/market/mod.ts";
import { systemClock, timeframe, timestampMs } from "../../engine/time/mod.ts";
import { answer } from "../output.ts";
import { number, whole } from "../parameters.ts";
import { readSettings } from "../settings.ts";
import { untilStopped } from "../stopping.ts";
import { loopbackLimit } from "../trading/loopback_limit.ts";
import { paperMarkets } from "../trading/paper_markets.ts";

interface Flags {
  readonly symbol: readonly string[];
  readonly seed: number;
  readonly port: number;
  readonly speed: number;
  readonly replay?: string;
  readonly faults?: string;
  readonly coinbaseKey?: string;
  readonly feesInQuote?: boolean;
  readonly keyMay?: Readonly<Record<string, boolean>>;
  readonly supervised?: boolean;
  readonly json?: boolean;
}

/** `exchange`: a real exchange on loopback, for paper trading and for tests of clients. */
export function exchangeCommand(): Command {
  return new Command("exchange")
    .description("Run an exchange on 127.0.0.1 that speaks as Binance's spot and Coinbase's APIs do, until Ctrl-C.")
    .option("--symbol <symbols...>", "its markets", ["BTC/USDT", "ETH/USDT", "SOL/USDT"])
    .option("--seed <number>", "seed of its prices", whole, 1)
    .option("--port <port>", "where it listens; 0 takes a free one", whole, 8090)
    .addOption(new Option("--speed <factor>", "seconds of its markets in one of ours").argParser(number).default(1))
    .option("--replay <exchange>", "do what that venue's markets did, from the minutes in the lake")
    .option(
      "--faults <file>",
      'JSON of faults, as {"shares":{"lost-response":0.01,"gap":0.01}}: docs/venue_contract.md',
    )
    .option("--coinbase-key <file>", 'JSON of a key for its Coinbase dialect, as {"apiKey":"…","publicKey":"(PEM)"}')
    .option("--fees-in-quote", "take all fees in the quote currency, as Coinbase does; else in what a trade brings")
    .option("--key-may <json>", 'what its keys may do, as {"enableWithdrawals":true,"can_transfer":true}', permissions)
    .option("--supervised", "end when standard input does, as with the process that has started this one")
    .action(run);
}

const PERMISSIONS = z.record(z.string(), z.boolean());

function permissions(text: string): Readonly<Record<string, boolean>> {
  try {
    return PERMISSIONS.parse(JSON.parse(text));
  } catch {
    throw new InvalidArgumentError(`"${text}" is no JSON object of true and false, as in '{"ipRestrict":false}'.`);
  }
}

async function run(flags: Flags): Promise<void> {
  if (!(flags.speed > 0)) {
    throw new InputError("speed", `time cannot pass ${flags.speed} times as fast: use a number above 0`);
  }
  const nowMs = systemClock.now(), { symbol, replay } = flags;
  const markets = replay === undefined ? paperMarkets(symbol, flags.seed, nowMs) : await recorded(symbol, replay);
  const startMs = replay === undefined ? nowMs : Math.max(...markets.map((own) => own.listedAtMs));
  const clock = new VenueClock(timestampMs(startMs), flags.speed, systemClock), { port } = flags;
  const coinbaseKey = await coinbaseKeyIn(flags.coinbaseKey), { keyMay = {} } = flags;
  const account = { feeAsset: flags.feesInQuote ? "quote" : "received" } as const;
  const exchange = listening(port, {
    ...{ account, limit: { weightPerWindow: loopbackLimit(flags.speed).weight } },
    ...{ markets, clock, port, faults: await plan(flags.faults), key: { ...LOOPBACK_KEY, permissions: keyMay } },
    ...(coinbaseKey === null ? {} : { coinbaseKey: { ...coinbaseKey, permissions: keyMay } }),
  });
  const { url, key: { apiKey, secret } } = exchange;
  answer(
    flags,
    {
      ...{ url, apiKey, secret, symbols: markets.map(({ symbol }) => symbol) },
      clock: { startMs, beganMs: clock.beganMs, speed: flags.speed },
    },
    () =>
      `${
        markets.map(({ symbol }) => symbol).join(", ")
      } at ${url}, key "${apiKey}", secret "${secret}"; Ctrl-C ends it`,
  );
  await untilStopped(flags.supervised ?? false);
  await exchange.close();
}

/** @throws {InputError} `port` where another program listens there. */
function listening(port: number, options: Parameters<typeof startLoopbackExchange>[0]) {
  try {
    return startLoopbackExchange(options);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.AddrInUse)) throw cause;
    const what =
      `port ${port} is taken, perhaps by another exchange: name another one with --port, or 0 for a free one`;
    throw new InputError("port", what, { cause });
  }
}

async function recorded(symbols: readonly string[], exchange: string): Promise<LoopbackMarket[]> {
  const { Lake } = await import("../../engine/lake/mod.ts"), { lakePlace } = await import("../lake_place.ts");
  const lake = new Lake(lakePlace(readSettings().values.dataDir));
  try {
    return await Promise.all(
      symbols.map(async (symbol) =>
        recordedMarket(await lake.candles({ instrument: instrument({ exchange, symbol }), timeframe: timeframe("1m") }))
      ),
    );
  } finally {
    await lake.close();
  }
}

/** The plan of faults that a file states; none without one. */
async function plan(file: string | undefined): Promise<FaultPlan> {
  if (file === undefined) return {};
  const plan = faultPlanSchema.safeParse(await jsonIn(file));
  if (plan.success) return plan.data;
  throw new InputError("faults", `${file} holds no plan of faults: ${z.prettifyError(plan.error)}`);
}

const COINBASE_KEY = z.strictObject({ apiKey: z.string().min(1), publicKey: z.string().startsWith("-----BEGIN") });

/** The key for the Coinbase dialect that a file states; without one nothing signed is let in there. */
async function coinbaseKeyIn(file: string | undefined) {
  if (file === undefined) return null;
  const key = COINBASE_KEY.safeParse(await jsonIn(file));
  if (key.success) return key.data;
  throw new InputError(
    "coinbase-key",
    `${file} holds no key: write {"apiKey": "organizations/…", "publicKey": "-----BEGIN PUBLIC KEY-----…"}`,
  );
}

/** What a file of JSON holds; null where it cannot be read. */
async function jsonIn(file: string): Promise<unknown> {
  try {
    return JSON.parse(await Deno.readTextFile(file));
  } catch {
    return null;
  }
}
