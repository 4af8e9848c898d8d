// `candles retention`: which months go, and that they went.
import { counted, UsageError } from "../engine/errors/mod.ts";
import {
  type CandleKind,
  readManifests,
  type RetentionRule,
  type RetiredMonth,
  retiredMonths,
  retireMonths,
} from "../engine/lake/mod.ts";
import { systemClock } from "../engine/time/mod.ts";
import { lakePlace } from "./lake_place.ts";
import { answer, table } from "./output.ts";
import type { RetentionFlags } from "./retention_flags.ts";
import { readSettings } from "./settings.ts";

/** Shows what a rule takes out, or takes it out. */
export async function retireCandles(flags: RetentionFlags): Promise<void> {
  const rule = ruleOf(flags), { dataDir } = readSettings().values, lake = lakePlace(dataDir);
  const options = {
    nowMs: systemClock.now(),
    runs: await readManifests(dataDir),
    ...(flags.force ? { force: true } : {}),
    ...(flags.archive === undefined ? {} : { archive: flags.archive }),
  };
  const found = await retiredMonths(lake, rule, options);
  const kept = flags.force ? [] : found.filter(({ neededBy }) => neededBy.length > 0);
  const going = found.filter((month) => !kept.includes(month));
  const removed = flags.apply ? await retired(going, () => retireMonths(lake, rule, options)) : [];
  answer(flags, { dryRun: !flags.apply, months: found, removed, kept }, () => textOf(flags, found, removed, kept));
}

/** Months that go are told to the audit chain first; where none go, nothing is. */
async function retired(going: readonly RetiredMonth[], work: () => Promise<RetiredMonth[]>): Promise<RetiredMonth[]> {
  if (going.length === 0) return [];
  const { audited } = await import("./audit.ts");
  return await audited(
    { action: "candles.retention", subject: counted(going.length, "month"), before: going },
    work,
  );
}

function ruleOf({ keepDays, drop, exchange, symbol, timeframe, kind = "candles" }: RetentionFlags): RetentionRule {
  if ((keepDays === undefined) === !drop) throw new UsageError("say either --keep-days or --drop");
  if (drop && symbol === undefined) throw new UsageError("--drop takes everything of a market: name it with --symbol");
  if (kind !== "candles" && kind !== "mark") throw new UsageError(`--kind ${kind} is neither candles nor mark`);
  return {
    keepDays: keepDays ?? null,
    kind: kind as CandleKind,
    ...(exchange === undefined ? {} : { exchange }),
    ...(symbol === undefined ? {} : { symbol }),
    ...(timeframe === undefined ? {} : { timeframe }),
  };
}

function textOf(
  { apply }: RetentionFlags,
  found: readonly RetiredMonth[],
  removed: readonly RetiredMonth[],
  kept: readonly RetiredMonth[],
): string {
  const rows = found.map((own) => [
    ...[own.exchange, own.symbol, own.timeframe, own.month],
    own.neededBy.map((hash) => hash.slice(0, 12)).join(" "),
  ]);
  const done = apply
    ? `${counted(removed.length, "month")} went.`
    : `${counted(found.length - kept.length, "month")} would go: do it with --apply.`;
  const needed = kept.length === 0 ? [] : [
    `${counted(kept.length, "month")} stay, as kept runs could not be repeated without them: --force takes them too.`,
  ];
  return [table(["exchange", "symbol", "timeframe", "month", "needed by runs"], rows), [done, ...needed].join("\n")]
    .join("\n\n");
}
