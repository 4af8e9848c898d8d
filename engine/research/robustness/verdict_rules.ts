// The rules of a verdict, one each: what it looks at, from which figure on it weighs how much, and what it says.
import type { VerdictRule } from "./finding.ts";
import { entries, luck, noise, otherHistories, overfitting, walks } from "./luck_findings.ts";
import { crises, fewTrades, holding, profit, recent, tradeCount, years } from "./result_findings.ts";
import { costs, delay, drawdown, missedTrades, size } from "./trading_findings.ts";

/** All rules, in the order in which a verdict states them. */
export const VERDICT_RULES: readonly VerdictRule[] = [
  { name: "profit", judge: profit },
  { name: "holding", judge: holding },
  { name: "trades", judge: tradeCount },
  { name: "costs", judge: costs },
  { name: "delay", judge: delay },
  { name: "luck", judge: luck },
  { name: "overfitting", judge: overfitting },
  { name: "walk-forward", judge: walks },
  { name: "entries", judge: entries },
  { name: "years", judge: years },
  { name: "recent", judge: recent },
  { name: "few trades", judge: fewTrades },
  { name: "other histories", judge: otherHistories },
  { name: "noise", judge: noise },
  { name: "missed trades", judge: missedTrades },
  { name: "drawdown", judge: drawdown },
  { name: "capacity", judge: size },
  { name: "crises", judge: crises },
];
