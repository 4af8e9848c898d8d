import type { RobustnessParts } from "./robustness_parts.ts";
import type { Condition, Weight } from "./finding.ts";
import { VERDICT_RULES } from "./verdict_rules.ts";

/** In a few words. */
export type Headline = "does not hold up" | "too little to tell" | "fragile" | "holds up so far";

/** What a study comes to, in plain words. */
export interface Verdict {
  readonly headline: Headline;
  /** One sentence under the headline. */
  readonly summary: string;
  /** What would have to be true for the strategy to make money. */
  readonly conditions: readonly Condition[];
  /** What speaks against it, the gravest first, and for it. */
  readonly against: readonly VerdictPoint[];
  readonly inFavour: readonly VerdictPoint[];
  /** What was not looked at, and why. */
  readonly unknown: readonly string[];
}

/** One finding. */
export interface VerdictPoint {
  /** Name of the rule that it comes from. */
  readonly rule: string;
  readonly weight: Weight;
  readonly sentence: string;
}

/** So many doubts make a result fragile. */
const FRAGILE_DOUBTS = 2;

/** Puts a study before all rules. The headline follows from their weights alone. */
export function verdictOf(study: RobustnessParts): Verdict {
  const findings = VERDICT_RULES.flatMap(({ name, judge }) => judge(study).map((own) => ({ rule: name, ...own })));
  const points = findings.flatMap(({ rule, weight, sentence }) =>
    weight === undefined || sentence === undefined ? [] : [{ rule, weight, sentence }]
  );
  const of = (weight: Weight) => points.filter((own) => own.weight === weight);
  const fatal = of("fatal"), doubts = of("doubt"), thin = of("thin");
  const headline: Headline = fatal.length > 0
    ? "does not hold up"
    : thin.length > 0
    ? "too little to tell"
    : doubts.length >= FRAGILE_DOUBTS
    ? "fragile"
    : "holds up so far";
  return {
    headline,
    summary: SUMMARIES[headline](fatal.length, doubts.length),
    conditions: findings.flatMap(({ condition }) => condition ?? []),
    against: [...fatal, ...thin, ...doubts],
    inFavour: of("good"),
    unknown: findings.flatMap(({ unknown }) => unknown ?? []),
  };
}

const SUMMARIES: { readonly [own in Headline]: (fatal: number, doubts: number) => string } = {
  "does not hold up": (fatal) =>
    `${fatal === 1 ? "One finding rules" : `${fatal} findings rule`} it out: do not trade it as it is.`,
  "too little to tell": () => "There are too few trades to tell skill from luck, whatever the figures say.",
  fragile: (_, doubts) => `Nothing rules it out, but ${doubts} findings speak against it: small changes may end it.`,
  "holds up so far": (_, doubts) =>
    `Nothing that was tried ends it${
      doubts === 0 ? "" : ", with one doubt"
    }. That is no promise: it has not been traded yet.`,
};
