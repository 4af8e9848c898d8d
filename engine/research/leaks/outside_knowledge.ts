// Lists that were made of the whole history before a strategy was run: seen by what finds an entry in them.
import type { DecidedBy } from "./decision_difference.ts";
import { type DecisionDifference, decisionDifferences, nameOf } from "./decision_difference.ts";
import type { LeakFinding } from "./leak_report.ts";
import { looksUp } from "./looked_up_names.ts";
import type { StrategyRuns } from "./strategy_runs.ts";
import { DAY_MS } from "../../time/mod.ts";

/**
 * A multiple of every period that a strategy counts in candles: of all numbers to 32, and of 50, 100, 168, 240, 365, 720,
 * 1000, 1440 and many more.
 */
const MANY_CANDLES = 232_792_560 * 16 * 25 * 3 * 23 * 73;
/** Twice the 400 years after which the calendar is the same, weekdays included. */
const SAME_CALENDAR_MS = 2 * 146_097 * DAY_MS;
/** Few dates may be known beforehand: halvings, meetings of a central bank. */
const LEAST_DECISIONS = 5;
/** A decision that is yes or no may be the same by chance. */
const MOSTLY = 0.7;
/** A number of decisions that hardly anybody counts in. */
const SKIPPED = 37;

/**
 * Decisions that are others at another number of candle, or at the same moment of another age: they are looked up. Who
 * counts candles modulo something, or goes by hours, weekdays and months, decides the same.
 */
export function outsideKnowledge(
  runs: StrategyRuns,
  named: (by: DecidedBy) => Pick<LeakFinding, "kind" | "name" | "place">,
): LeakFinding[] {
  const { base } = runs;
  // The first half may be another one for who waits for a number of candles.
  const middle = runs.candles.openTimeMs[runs.candles.length >> 1]!;
  const byIndex = decisionDifferences(base.books, runs.again({ indexOffset: MANY_CANDLES, sameValues: true }).books)
    .filter(({ openTimeMs }) => openTimeMs >= middle);
  const later = runs.shifted(SAME_CALENDAR_MS), earlier = runs.shifted(-SAME_CALENDAR_MS);
  const keyOf = (own: DecisionDifference) => `${nameOf(own.by)} ${own.openTimeMs}`;
  // What is read from the arrays that were given has been judged with other futures in them.
  const judged = new Set(
    (["inverted", "noise", "extreme"] as const).flatMap((how) =>
      decisionDifferences(base.books, runs.replaced(how, 1)?.books ?? []).map(keyOf)
    ),
  );
  // A date from which on, or until which, is passed in one of the two directions only.
  const both = new Set(decisionDifferences(base.books, earlier.books).map(keyOf));
  const byTime = decisionDifferences(base.books, later.books).filter((own) => both.has(keyOf(own)));
  // Who counts on its own goes wrong, too; but only who has a list to count in looks something up.
  const byCount = looksUp(base.bound)
    ? decisionDifferences(base.books, runs.again({ skipped: SKIPPED, sameValues: true }).books)
      .filter(({ openTimeMs }) => openTimeMs >= middle)
    : [];
  return [
    ...found(byCount, `with its first ${SKIPPED} decisions left out`, "a count of its own"),
    ...found(byIndex, "at another number of candle", "the number of the candle"),
    ...found(byTime, "at the same times 800 years on and back", "its time"),
  ].slice(0, 1);

  function found(differences: readonly DecisionDifference[], alteration: string, what: string): LeakFinding[] {
    const unexplained = differences.filter((own) => !judged.has(keyOf(own)));
    if (unexplained.length < Math.max(LEAST_DECISIONS, MOSTLY * differences.length)) return [];
    const own = differences[0]!, { kind, name, place } = named(own.by);
    return [{
      kind,
      name,
      place,
      message:
        `${name} looks something up by ${what}, in what was made before the run: hand over a function that makes ` +
        "the strategy of its candles, or let it read the context only",
      fromRow: runs.candles.openTimeMs.indexOf(own.openTimeMs),
      fromTimeMs: own.closeTimeMs,
      lookAheadCandles: null,
      wholeHistory: false,
      evidence: differences.slice(0, 3).map(({ openTimeMs, closeTimeMs, before, after }) => ({
        row: runs.candles.openTimeMs.indexOf(openTimeMs),
        decidedAtMs: closeTimeMs,
        before,
        after,
        alteration: `none: the candles were shown ${alteration}`,
        alteredFromRow: runs.candles.openTimeMs.indexOf(openTimeMs),
      })),
    }];
  }
}
