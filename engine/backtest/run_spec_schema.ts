import { z } from "zod";
import { InputError } from "../errors/mod.ts";
import { instrument, type InstrumentOptions } from "../market/mod.ts";
import {
  backtestingPyOnCloseRules,
  backtestingPyRules,
  defaultRules,
  type FillRules,
  slippageOf,
  type SlippageSpec,
  thisCloseRules,
  vectorbtNextOpenRules,
  vectorbtRules,
} from "../simulator/mod.ts";
import { parseTimestamp, timeframe } from "../time/mod.ts";
import type { RunSpec } from "./run_spec.ts";

/** The fill rule sets that a spec may name instead of spelling them out. */
export const FILL_RULES: readonly FillRules[] = [
  defaultRules,
  thisCloseRules,
  backtestingPyRules,
  backtestingPyOnCloseRules,
  vectorbtRules,
  vectorbtNextOpenRules,
];

const afterEntryInside = z.enum(["none", "stop", "target-unless-stop"]);

const fillRules = z.strictObject({
  id: z.string(),
  marketPrice: z.enum(["next-open", "this-close", "previous-close"]),
  limitFill: z.enum(["through", "touch"]),
  openGoesFirst: z.boolean(),
  stopEntryGap: z.enum(["open", "previous-close"]),
  afterEntryInside: z.strictObject({ limit: afterEntryInside, stop: afterEntryInside }),
  slips: z.enum(["takers", "market-orders", "entries"]),
  sizeAt: z.enum(["decision", "fill"]),
  fundsMark: z.enum(["fill-price", "candle-close"]),
  fundsFee: z.enum(["fill-price", "unslipped-price"]),
  beyondFunds: z.enum(["cut", "cancel"]),
  atEnd: z.enum(["leave-open", "close-on-last-candle"]),
}) satisfies z.ZodType<FillRules>;

const namedFillRules = z.enum(FILL_RULES.map((rules) => rules.id)).transform((id) =>
  FILL_RULES.find((rules) => rules.id === id)!
);

const sizing = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("equity-fraction"), fraction: z.number().positive().max(125) }),
  z.strictObject({ kind: z.literal("fixed-notional"), notionalQuote: z.number().positive() }),
  z.strictObject({ kind: z.literal("risk-per-trade"), fraction: z.number().positive().max(1) }),
  z.strictObject({ kind: z.literal("units"), units: z.number().positive() }),
]);

const share = z.number().min(0);
const slippage = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("fixed"), bps: share }),
  z.strictObject({ kind: z.literal("volume-share"), halfSpreadBps: share, impactBps: share }),
  z.strictObject({ kind: z.literal("square-root"), halfSpreadBps: share, coefficient: share }),
]) satisfies z.ZodType<SlippageSpec>;

const fraction = z.number().positive();
const candles = z.int().positive();
const limits = z.strictObject({
  maxPositions: z.int().positive().optional(),
  maxExposureFraction: fraction.optional(),
  maxAssetExposureFraction: fraction.optional(),
  maxEntriesPerDay: z.int().positive().optional(),
  maxDailyLossFraction: fraction.max(1).optional(),
  maxDrawdownFraction: fraction.max(1).optional(),
  cooldownCandles: candles.optional(),
  stopGuard: z.strictObject({ trades: z.int().positive(), withinCandles: candles, pauseCandles: candles }).optional(),
  lowProfit: z.strictObject({ trades: z.int().positive(), withinCandles: candles, minReturnFraction: z.number() })
    .optional(),
});

const market = z.strictObject({
  exchange: z.string(),
  symbol: z.string(),
  kind: z.enum(["spot", "linear"]).optional(),
  tick: z.string().optional(),
  lot: z.string().optional(),
  minNotional: z.string().optional(),
  feeAsset: z.enum(["received", "quote"]).optional(),
  feeDecimals: z.number().int().min(0).max(24).optional(),
});

/** A text or null that says when; the timestamp parser has the last word. */
const moment = z.string().nullable().default(null);

const schema = z.strictObject({
  strategy: z.string(),
  params: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])).default({}),
  markets: z.array(market).min(1).max(1_000),
  timeframe: z.string(),
  from: moment,
  to: moment,
  account: z.strictObject({
    cashQuote: z.number().positive().default(10_000),
    leverage: z.number().min(1).max(125).default(1),
  }).prefault({}),
  fillRules: z.union([namedFillRules, fillRules], {
    error: `use one of ${FILL_RULES.map(({ id }) => id).join(", ")}, or state every rule`,
  }).default(defaultRules),
  costs: z.strictObject({
    makerBps: z.number().default(10),
    takerBps: z.number().default(10),
    fixedFeeQuote: z.number().min(0).default(0),
    slippage: slippage.optional(),
    /** Short for the fixed model; a manifest spells it out. */
    slippageBps: z.number().min(0).optional(),
  }).refine(({ slippage, slippageBps }) => slippage === undefined || slippageBps === undefined, {
    message: "state slippage or slippageBps, not both",
  }).prefault({}),
  sizing: sizing.default({ kind: "equity-fraction", fraction: 1 }),
  limits: limits.prefault({}),
  seed: z.number().int().min(0).max(2 ** 32 - 1).default(1),
  /** Of a manifest; what it says is computed anew. */
  run: z.unknown().optional(),
});

/** A spec as people write it: what has a default may be left out, fill rules may be named. */
export type RunSpecInput = z.input<typeof schema>;

/**
 * Checks a run spec, or the manifest of a run, and fills in the defaults: 10,000 of cash, fees of 10 basis points, no
 * slippage, all of the equity per entry.
 *
 * @throws {InputError} `run-spec` naming the field and what is wrong with it.
 */
export function parseRunSpec(input: unknown): RunSpec {
  const parsed = schema.safeParse(input);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    const unknown = issue.code === "unrecognized_keys" ? ` (${issue.keys.join(", ")})` : "";
    const field = issue.path.length > 0 ? `"${issue.path.join(".")}" of the run spec` : "the run spec";
    throw new InputError("run-spec", `${field} cannot be used: ${issue.message}${unknown}`);
  }
  const { run: _, ...spec } = parsed.data;
  timeframe(spec.timeframe);
  const from = spec.from === null ? null : parseTimestamp(spec.from);
  const to = spec.to === null ? null : parseTimestamp(spec.to);
  if (from !== null && to !== null && from >= to) {
    throw new InputError("run-spec", `the range from ${spec.from} to ${spec.to} is empty: "to" must come after "from"`);
  }
  const markets = spec.markets.map(marketOptions);
  const twice = markets.find((own, i) =>
    markets.findIndex(({ exchange, symbol }) => exchange === own.exchange && symbol === own.symbol) < i
  );
  if (twice) {
    throw new InputError("run-spec", `the run spec has ${twice.symbol} of ${twice.exchange} twice: name a market once`);
  }
  const quotes = new Set(markets.map((own) => own.symbol.split("/")[1]));
  if (quotes.size > 1) {
    throw new InputError(
      "run-spec",
      `markets of one account share a quote asset, these have ${[...quotes].join(" and ")}`,
    );
  }
  const { slippageBps = 0, slippage = { kind: "fixed", bps: slippageBps }, ...fees } = spec.costs;
  slippageOf(slippage); // says what is wrong with a setting
  return { ...spec, markets, costs: { ...fees, slippage }, limits: stated(spec.limits) };
}

function marketOptions(input: z.output<typeof market>): InstrumentOptions {
  const options: InstrumentOptions = stated(input) as InstrumentOptions;
  instrument(options);
  return options;
}

/** The entries that have a value. */
function stated<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
