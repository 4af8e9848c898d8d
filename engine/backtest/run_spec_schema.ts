import { z } from "zod";
import { InputError } from "../errors/mod.ts";
import { stated } from "../identity/mod.ts";
import { instrument } from "../market/mod.ts";
import { checkCosts, type CostSpec } from "../simulator/mod.ts";
import { isCoarserOrEqual, parseTimestamp, timeframe } from "../time/mod.ts";
import { checkAccount } from "./account_terms.ts";
import { inOrder } from "./market_order.ts";
import { listingOf } from "./market_life.ts";
import type { MarketSpec, RunSpec } from "./run_spec.ts";
import { account } from "./spec/account.ts";
import { costs } from "./spec/costs.ts";
import { fillRules, withoutPessimism } from "./spec/fill_rules.ts";
import { limits } from "./spec/limits.ts";
import { rules } from "./spec/rules.ts";
import { market } from "./spec/markets.ts";
import { sizing } from "./spec/sizing.ts";
import { universe } from "./spec/universe.ts";
import { checkedStrategies, params, strategies } from "./spec/strategies.ts";
import { specFault } from "./spec_fault.ts";

/** A text or null that says when; the timestamp parser has the last word. */
const moment = z.string().nullable().default(null);

const schema = z.strictObject({
  strategy: z.string().optional(),
  params: params.optional(),
  strategies: strategies.optional(),
  overlappingBudgets: z.boolean().optional(),
  markets: z.array(market).min(1).max(1_000),
  universe: universe.optional(),
  timeframe: z.string(),
  detail: z.string().exactOptional(),
  from: moment,
  to: moment,
  account,
  fillRules,
  costs,
  sizing,
  limits,
  rules,
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
    throw new InputError("run-spec", specFault(schema, parsed.error, input));
  }
  const {
    run: _,
    strategy: one,
    params: ofOne,
    strategies: several,
    overlappingBudgets,
    rules: own,
    universe: ranked,
    ...spec
  } = parsed.data;
  if ((one === undefined) === (several === undefined) || (ofOne !== undefined && one === undefined)) {
    throw new InputError(
      "run-spec",
      `the run spec states a "strategy" with its "params", or "strategies": one of the two`,
    );
  }
  const length = timeframe(spec.timeframe);
  if (spec.detail !== undefined && isCoarserOrEqual(timeframe(spec.detail), length)) {
    throw new InputError("run-spec", `detail ${spec.detail} is not finer than ${spec.timeframe}: use one like 1m`);
  }
  const from = spec.from === null ? null : parseTimestamp(spec.from);
  const to = spec.to === null ? null : parseTimestamp(spec.to);
  if (from !== null && to !== null && from >= to) {
    throw new InputError("run-spec", `the range from ${spec.from} to ${spec.to} is empty: "to" must come after "from"`);
  }
  const markets = inOrder(spec.markets.map(marketOptions), ({ exchange, symbol }) => `${exchange}:${symbol}`);
  const twice = markets.find((own, i) =>
    markets.findIndex(({ exchange, symbol }) => exchange === own.exchange && symbol === own.symbol) < i
  );
  if (twice) {
    throw new InputError("run-spec", `the run spec has ${twice.symbol} of ${twice.exchange} twice: name a market once`);
  }
  checkAccount({ account: spec.account, markets });
  const shared = { markets, timeframe: spec.timeframe, overlappingBudgets: overlappingBudgets ?? false };
  return {
    ...(several === undefined
      ? { strategy: one!, params: ofOne ?? {} }
      : { strategies: checkedStrategies(several, shared), ...stated({ overlappingBudgets }) }),
    ...spec,
    markets,
    fillRules: withoutPessimism(spec.fillRules),
    costs: costSpec(spec.costs),
    limits: stated(spec.limits),
    ...(ranked ? { universe: ranked } : {}),
    ...(own ? { rules: own } : {}),
  };
}

function costSpec({ slippageBps = 0, slippage, ...rest }: z.output<typeof costs>): CostSpec {
  const spec: CostSpec = { ...stated(rest), slippage: slippage ?? { kind: "fixed", bps: slippageBps } } as CostSpec;
  checkCosts(spec);
  return spec;
}

function marketOptions(input: z.output<typeof market>): MarketSpec {
  const options = stated(input) as MarketSpec;
  instrument(options);
  listingOf(options);
  return options;
}
