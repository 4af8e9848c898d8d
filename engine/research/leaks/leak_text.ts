import { counted } from "../../errors/mod.ts";
import { formatTimestamp, type TimestampMs } from "../../time/mod.ts";
import type { LeakEvidence, LeakFinding, LeakReport, WarmUp } from "./leak_report.ts";

/** A report in words, for a terminal or a notebook. */
export function leakText(report: LeakReport): string {
  const { subject, clean, findings, candles, samples, runs, warmUp, notes } = report;
  const looked = `${counted(samples, "decision")} over ${counted(candles, "candle")}, ${counted(runs, "run")}`;
  return [
    clean ? `${subject}: no leak found (${looked})` : `${subject}: ${counted(findings.length, "leak")} (${looked})`,
    ...findings.map(findingText),
    ...(warmUp.length === 0
      ? []
      : ["candles until the beginning of the history no longer matters:", ...warmUp.map(warmUpText)]),
    ...notes.map((note) => `note: ${note}`),
  ].join("\n");
}

/** How much of what follows a value changes with. */
export function reachText(
  { lookAheadCandles, wholeHistory }: { readonly lookAheadCandles: number; readonly wholeHistory: boolean },
): string {
  if (wholeHistory) return "the whole history that follows";
  return counted(lookAheadCandles, "candle that follows", "candles that follow");
}

function findingText({ kind, name, place, message, fromRow, fromTimeMs, evidence }: LeakFinding, i: number): string {
  const since = fromRow === null ? "" : `, from row ${fromRow} (${formatTimestamp(fromTimeMs as TimestampMs)})`;
  return [
    `${i + 1}. ${kind} ${name}${since}`,
    `   ${message}`,
    `   at ${place.at === null ? place.text : `${place.at}  ${place.text}`}`,
    ...evidence.map((own) => `   ${evidenceText(own)}`),
  ].join("\n");
}

function evidenceText({ row, decidedAtMs, before, after, alteration, alteredFromRow }: LeakEvidence): string {
  const how = alteration.startsWith("none")
    ? alteration.replace(/^none: /, "")
    : `candles from row ${alteredFromRow} on ${alteration}`;
  return `row ${row}, ${formatTimestamp(decidedAtMs as TimestampMs)}: ${valueText(before)} became ${
    valueText(after)
  } (${how})`;
}

function valueText(value: unknown): string {
  if (typeof value === "number") return String(Number(value.toPrecision(8)));
  return typeof value === "string" ? value : value === null ? "unknown" : JSON.stringify(value);
}

function warmUpText({ kind, name, candles, declared }: WarmUp): string {
  const needed = candles === null ? "not settled within the history" : counted(candles, "candle");
  return `   ${kind} ${name}: ${needed}${declared === null ? "" : `, declared ${declared}`}`;
}
