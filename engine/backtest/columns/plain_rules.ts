// Which strategies the column path can trade: rules of the market, without code of their own.
import { Series } from "../../series/mod.ts";
import { firstStated } from "./first_stated.ts";
import { type BoundStrategy, type Protection, type RuleList, type StrategyRules } from "../../strategies/mod.ts";

/** A rule and the reason that it gives. */
export interface PlainRule {
  readonly when: Series;
  readonly reason: string;
}

/** Rules that look at candles alone, and protections that stay where they are put. */
export interface PlainRules {
  readonly enter: readonly PlainRule[];
  readonly exit: readonly PlainRule[];
  readonly enterShort: readonly PlainRule[];
  readonly exitShort: readonly PlainRule[];
  /** A distance from the entry in quote units where it is a series. */
  readonly stop: Protection | Series | null;
  readonly target: Protection | Series | null;
}

/** The strategy's rules, or why the column path cannot trade them. */
export function plainRules(strategy: BoundStrategy): PlainRules | string {
  const { rules } = strategy;
  if (rules === undefined) return "the strategy decides in code";
  const hook = HOOKED.find((name) => hasHook(rules[name]));
  if (hook !== undefined) return `its ${hook} is code`;
  const more = firstStated(rules, RULES);
  if (more !== null) return `its rules state "${more}"`;
  if (strategy.schedule !== undefined) return "it has a schedule";
  const moving = (["stop", "target"] as const).find((name) => !staysPut(rules[name]));
  if (moving !== undefined) return `its ${moving} is more than a fixed market or limit order`;
  return {
    enter: listOf(rules.enter, "enter"),
    exit: listOf(rules.exit, "exit"),
    enterShort: listOf(rules.enterShort, "enter"),
    exitShort: listOf(rules.exitShort, "exit"),
    stop: protectionOf(rules.stop),
    target: protectionOf(rules.target),
  };
}

const RULES = ["enter", "exit", "enterShort", "exitShort", "stop", "target", "values"];
const HOOKED = ["exit", "exitShort", "stop", "target", "size"] as const;

function hasHook(rule: StrategyRules[typeof HOOKED[number]]): boolean {
  return typeof rule === "function" || Array.isArray(rule) && rule.some((own) => typeof own === "function");
}

function staysPut(rule: StrategyRules["stop"]): boolean {
  if (rule === undefined || rule instanceof Series || typeof rule === "function") return true;
  if (rule.kind !== "fraction" && rule.kind !== "distance" && rule.kind !== "price") return false;
  return firstStated(rule, ["kind", "fraction", "distanceQuote", "price"]) === null;
}

function protectionOf(rule: StrategyRules["stop"]): Protection | Series | null {
  return rule === undefined || typeof rule === "function" ? null : rule;
}

function listOf(rules: RuleList<never> | StrategyRules["exit"], reason: string): PlainRule[] {
  if (rules === undefined) return [];
  const list = Array.isArray(rules) ? rules : [rules];
  return list.map((rule) => rule instanceof Series ? { when: rule, reason } : { when: rule.when, reason: rule.reason });
}
