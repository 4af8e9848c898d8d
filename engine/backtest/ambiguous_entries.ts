// Entries of which one cancels the other, in candles that reached both.
import { counted } from "../errors/mod.ts";
import type { AmbiguousFill, FillRules } from "../simulator/mod.ts";
import { strategyIdOf, type TraderConfig } from "../trader/mod.ts";
import type { RunNotes } from "./run_record.ts";

/** The simulator's ambiguous entries as notes list them; nothing without any. */
export function ambiguousEntryNotes(
  entries: readonly AmbiguousFill[],
  { books, instruments }: TraderConfig,
): Pick<RunNotes, "ambiguousEntries"> {
  if (entries.length === 0) return {};
  return {
    ambiguousEntries: entries.map(({ timeMs, instrument, book }) => (
      { timeMs, instrument: instruments[instrument]!.id, strategy: strategyIdOf(books[book]!) }
    )),
  };
}

/** What a reader should know of them. */
export function ambiguousEntryWarnings(
  { ambiguousEntries: entries = [] }: Pick<RunNotes, "ambiguousEntries">,
  { path }: FillRules,
): string[] {
  if (entries.length === 0) return [];
  const taken = path === undefined
    ? "the one was taken with which the account stood worse at the close"
    : "the assumed path of the price decided";
  return [`In ${counted(entries.length, "candle")} two entries were touched of which one cancels the other; ${taken}.`];
}
