// What a strategy may state as rules.
import { Series } from "../series/mod.ts";
import { atIdentity, entriesIdentity, type LadderRule, type OcoRule } from "./entry_rules.ts";
import type { EntryRule } from "./entry_price.ts";
import type { PositionView } from "./position_view.ts";
import type { Protection, TrailingStop } from "./protection.ts";
import type { RequestTerms } from "./request_terms.ts";
import type { Schedule } from "./schedule.ts";
import type { SizeHook, SizeRule } from "./size_rule.ts";
import type { RuleList, TaggedRule } from "./tagged_rule.ts";

/** A stop or target: a fixed protection, or a series whose value at the decision is the distance in quote units. */
export type Distance = Protection | Series;

/** One of several targets of an entry: a share of all that was entered, closed at a place of its own. */
export interface TargetRule {
  readonly at: Distance;
  readonly fraction: number;
  /** Goes to the trade table; `target` without it. */
  readonly reason?: string;
}

/**
 * A stop or target in code, asked at the signal of the entry and then at every close of the position: a price, or a
 * protection; null for none; undefined or NaN leaves it where it is (and at the signal makes no entry).
 */
export type ProtectionHook = (position: PositionView) => number | Protection | null | undefined;

/** An exit in code, asked at every close of the position: true, or the reason, to leave. */
export type ExitHook = (position: PositionView) => boolean | string;

/**
 * Rules of a strategy. A rule fires where its series is exactly 1; of several, any, and the first gives the reason. Entry
 * and exit together: exit. Rules of the other side close the position first.
 *
 * Hooks are functions of what they are given and of parameters: their text is part of the strategy's identity, what they
 * must remember goes to `position.memory`.
 *
 * The terms are those of each entry: `{ at: limitAt(low), postOnly: true, timeInForce: "DAY" }`. At most one of `at`,
 * `ladder` and `oco` says where entries wait.
 *
 * @example
 * ```ts
 * import { atr, sma } from "../indicators/mod.ts";
 * import { close, crossesAbove, highest, shift } from "../series/mod.ts";
 * import { sizeAsFraction, type StrategyRules, when } from "./mod.ts";
 *
 * const rules: StrategyRules = {
 *   enter: [when(crossesAbove(close, shift(highest(close, 20), 1)), "breakout"), when(close.lt(sma(close, 200)), "dip")],
 *   exit: ({ barsHeld, unrealisedReturnFraction }) => barsHeld > 48 && unrealisedReturnFraction < 0.01 && "stale",
 *   stop: ({ bestPrice, values: { range } }) => bestPrice - 3 * range!, // a chandelier exit
 *   size: sizeAsFraction(close.div(atr(14)).mul(0.01)),
 *   values: { range: atr(14) },
 *   schedule: { sessions: [{ from: "08:00", to: "16:00", days: ["mon", "tue", "wed", "thu", "fri"] }], closeAtEnd: true },
 * };
 * ```
 */
export interface StrategyRules extends RequestTerms {
  readonly enter?: RuleList;
  readonly exit?: RuleList<ExitHook>;
  readonly enterShort?: RuleList;
  readonly exitShort?: RuleList<ExitHook>;
  /**
   * Where entries wait: `limitAt`, `stopAt`, `stopLimitAt` or `touchAt` of series, or `trailingPercent` and its kin for a
   * trigger that follows the market; at the market without it.
   */
  readonly at?: EntryRule | TrailingStop;
  /** Several entries in place of one, each of a share of its size: `[{ at: limitAt(low), fraction: 0.5 }, …]`. */
  readonly ladder?: readonly LadderRule[];
  /** On a signal of `enter`, entries of which the first that trades withdraws the others: `[{ side: "buy", at }, …]`. */
  readonly oco?: readonly OcoRule[];
  readonly stop?: Distance | ProtectionHook;
  readonly target?: Distance | ProtectionHook;
  /** Targets of parts of what is entered, beside or in place of the target of the whole. */
  readonly targets?: readonly TargetRule[];
  /** Size of each entry; the run's sizing without it. */
  readonly size?: SizeRule | SizeHook;
  /** Series that hooks see by name. */
  readonly values?: Readonly<Record<string, Series>>;
  /** When entries may be made. */
  readonly schedule?: Schedule;
}

/**
 * What tells rules apart beside their series: fixed protections, reasons, and the text of hooks. Of what the rules do
 * not use there is nothing, so that their identity does not change with what else rules could say.
 */
export function rulesIdentity(rules: StrategyRules): Record<string, unknown> {
  const { stop, target, at, size, values } = rules;
  const fixed = (value: StrategyRules["stop"]) =>
    value === undefined || value instanceof Series || typeof value === "function" ? null : value;
  const text = (value: unknown) => typeof value === "function" ? String(value) : undefined;
  const tags = [rules.enter, rules.exit, rules.enterShort, rules.exitShort].map(tagsOf);
  return {
    stop: fixed(stop),
    target: fixed(target),
    at: at === undefined ? null : atIdentity(at),
    stopHook: text(stop),
    targetHook: text(target),
    size: typeof size === "object" ? size.kind : text(size),
    values: values === undefined ? undefined : Object.keys(values),
    ...entriesIdentity(rules),
    targets: rules.targets?.map(({ at: own, ...rest }) => ({ ...rest, at: fixed(own) })),
    rules: tags.every((own) => own.every((tag) => tag === "")) && tags.every((own) => own.length < 2)
      ? undefined
      : tags,
  };
}

/** Of each rule its tag, empty without one, or the text of its hook. */
function tagsOf(rules: RuleList<ExitHook> | undefined): string[] {
  if (rules === undefined) return [];
  const list = (Array.isArray(rules) ? rules : [rules]) as readonly (Series | TaggedRule | ExitHook)[];
  return list.map((rule) => rule instanceof Series ? "" : typeof rule === "function" ? String(rule) : rule.reason);
}
