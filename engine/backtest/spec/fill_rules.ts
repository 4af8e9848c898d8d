import { z } from "zod";
import {
  backtestingPyOnCloseRules,
  backtestingPyRules,
  defaultRules,
  type FillRules,
  freqtradeRules,
  thisCloseRules,
  vectorbtNextOpenRules,
  vectorbtRules,
} from "../../simulator/mod.ts";

/** The fill rule sets that a spec may name instead of spelling them out. */
export const FILL_RULES: readonly FillRules[] = [
  defaultRules,
  thisCloseRules,
  backtestingPyRules,
  backtestingPyOnCloseRules,
  vectorbtRules,
  vectorbtNextOpenRules,
  freqtradeRules,
];

const afterEntryInside = z.enum(["none", "stop", "target-unless-stop", "whole-candle"]);

const everyRule = z.strictObject({
  id: z.string(),
  marketPrice: z.enum(["next-open", "this-close", "previous-close"]),
  limitFill: z.enum(["through", "touch", "queue"]),
  queue: z.strictObject({ aheadShare: z.number().min(0), tradedShare: z.number().min(0).max(1) }).exactOptional(),
  path: z.enum(["pessimistic", "nearest-extreme", "random"]).exactOptional(),
  volumeShare: z.number().positive().max(1).exactOptional(),
  latencyMs: z.array(z.number().min(0)).min(1).readonly().refine(
    (quantiles) => quantiles.every((value, i) => i === 0 || value >= quantiles[i - 1]!),
    { message: "latency quantiles rise from the fastest to the slowest" },
  ).exactOptional(),
  openGoesFirst: z.boolean(),
  stopEntryGap: z.enum(["open", "previous-close"]),
  afterEntryInside: z.strictObject({ limit: afterEntryInside, stop: afterEntryInside }),
  limitGap: z.literal("own-price").exactOptional(),
  stopGap: z.literal("own-price").exactOptional(),
  targetFill: z.literal("through").exactOptional(),
  trailing: z.literal("best-price-first").exactOptional(),
  entryTime: z.literal("order").exactOptional(),
  slips: z.enum(["takers", "market-orders", "entries"]),
  sizeAt: z.enum(["decision", "fill"]),
  fundsMark: z.enum(["fill-price", "candle-close"]),
  fundsFee: z.enum(["fill-price", "unslipped-price"]),
  fundsFeeOf: z.literal("share-of-lot").exactOptional(),
  beyondFunds: z.enum(["cut", "cancel"]),
  atEnd: z.enum(["leave-open", "close-on-last-candle", "close-at-last-open"]),
}).refine((rules) => (rules.limitFill === "queue") === (rules.queue !== undefined), {
  message: 'state "queue" with limitFill "queue", and only there',
}).refine((rules) => rules.limitFill !== "queue" || (rules.path ?? "pessimistic") === "pessimistic", {
  message: 'limitFill "queue" counts the volume of whole candles: leave "path" out with it',
}) satisfies z.ZodType<StatedFillRules>;

const namedFillRules = z.enum(FILL_RULES.map((rules) => rules.id)).transform((id) =>
  FILL_RULES.find((rules) => rules.id === id)!
);

/** Fill rules in which the path that is taken where none is stated has a name. */
type StatedFillRules = Omit<FillRules, "path"> & { readonly path?: FillRules["path"] | "pessimistic" };

/** The pessimistic path is the one of rules that state none: both are the same run. */
export function withoutPessimism(rules: StatedFillRules): FillRules {
  const { path, ...rest } = rules;
  return path === "pessimistic" ? rest : rules as FillRules;
}

/** Fill rules of a run spec: a set by its name, or every rule spelled out. */
export const fillRules = z.union([namedFillRules, everyRule], {
  error: `use one of ${FILL_RULES.map(({ id }) => id).join(", ")}, or state every rule`,
}).default(defaultRules);
