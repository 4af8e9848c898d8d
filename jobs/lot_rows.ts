// Tax lots as a document, as a table of text, and as rows of a CSV file.
import { counted } from "../engine/errors/mod.ts";
import { type InstrumentId, settlementAsset } from "../engine/market/mod.ts";
import { AMOUNT_DECIMALS, formatDecimal, UNIT_DECIMALS } from "../engine/money/mod.ts";
import { standingFills } from "../engine/orders/mod.ts";
import {
  type Disposal,
  lotDifference,
  type LotTerms,
  lotTotals,
  type TaxLots,
  taxLots,
} from "../engine/portfolio/mod.ts";
import { DAY_MS, formatTimestamp, type TimestampMs } from "../engine/time/mod.ts";
import type { Cell } from "./csv_text.ts";
import { MOST_SHOWN, onlyNewest, rounded } from "./fill_rows.ts";
import { table } from "./output.ts";
import type { RecordedFills } from "./recorded_fills.ts";

/** Columns of {@linkcode lotRows}. */
export const LOT_HEAD = [
  "market",
  "side",
  "quantity",
  "acquired",
  "disposed",
  "held_days",
  "term",
  "proceeds",
  "cost",
  "fees",
  "gain",
  "settlement_asset",
  "acquired_by",
  "disposed_by",
  "ambiguous",
] as const;

/** Lots of fills, of one year or of all, with their sums. */
export interface LotReport {
  readonly recorded: RecordedFills;
  readonly terms: LotTerms;
  readonly year: number | undefined;
  readonly lots: TaxLots;
  readonly notes: readonly string[];
}

/**
 * All years are computed, as a year's sales sell what was bought in the years before; one of them may be shown. What the
 * venue has taken back was neither bought nor sold.
 */
export function lotReport(recorded: RecordedFills, terms: LotTerms, year?: number): LotReport {
  const { markets } = recorded, fills = standingFills(recorded.fills), all = taxLots(fills, markets, terms);
  const isOf = (timeMs: TimestampMs) => year === undefined || new Date(timeMs).getUTCFullYear() === year;
  const lots = {
    ...all,
    disposals: all.disposals.filter(({ disposedMs }) => isOf(disposedMs)),
    unmatched: all.unmatched.filter(({ timeMs }) => isOf(timeMs)),
  };
  const assets = new Set([...markets.values()].map(settlementAsset));
  for (const asset of assets) {
    const off = lotDifference(all, fills, markets, asset);
    if (off !== 0n) throw new Error(`lots and fills differ by ${amount(off)} ${asset}`);
  }
  const undone = (recorded.fills.length - fills.length) / 2;
  const busts = undone === 0 ? [] : [`${counted(undone, "execution")} that the venue has taken back: in no lot.`];
  return { recorded, terms, year, lots, notes: [...recorded.notes, ...busts, ...notesOf(lots, recorded)] };
}

function notesOf({ disposals, unmatched, unvaluedFees }: TaxLots, { markets }: RecordedFills): string[] {
  const notes: string[] = [], ambiguous = disposals.filter(({ isAmbiguous }) => isAmbiguous).length;
  if (unmatched.length > 0) {
    notes.push(
      `${
        counted(unmatched.length, "sale")
      } sold more than these fills had bought: the cost of that is not known, and it is in no gain.`,
    );
  }
  if (ambiguous > 0) {
    notes.push(
      `${counted(ambiguous, "disposal")} could have sold another lot by the same rule: the order of the fills decided.`,
    );
  }
  if (unvaluedFees.length > 0) {
    notes.push(`The worth of the fees of ${counted(unvaluedFees.length, "fill")} is not known: they count as nothing.`);
  }
  const bases = [...markets.values()].filter(({ kind }) => kind === "spot").map(({ base }) => base);
  const twice = [...new Set(bases.filter((base, i) => bases.indexOf(base) !== i))];
  if (twice.length > 0) {
    notes.push(`${twice.join(", ")} was traded in several markets: what one bought is never sold in another here.`);
  }
  return notes;
}

/** The report as JSON: amounts are decimal text, so that no digit is lost. */
export function lotDocument({ recorded, terms, year, lots, notes }: LotReport) {
  const { markets, fills, of } = recorded;
  const totals = [...lotTotals(lots.disposals, markets)].map(([asset, { disposals, ...sums }]) => [
    asset,
    { disposals, ...Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, amount(sum)])) },
  ]);
  return {
    of,
    fills: fills.length,
    ...terms,
    ...(year === undefined ? {} : { year }),
    totals: Object.fromEntries(totals),
    feesByAsset: Object.fromEntries([...lots.feesByAsset].map(([asset, fee]) => [asset, amount(fee)])),
    disposals: lots.disposals.map(({ quantity, proceeds, cost, fees, gain, ...own }) => ({
      ...own,
      quantity: units(quantity),
      ...{ proceeds: amount(proceeds), cost: amount(cost), fees: amount(fees), gain: amount(gain) },
    })),
    unmatched: lots.unmatched.map(({ quantity, proceeds, fees, ...own }) => ({
      ...own,
      ...{ quantity: units(quantity), proceeds: amount(proceeds), fees: amount(fees) },
    })),
    open: lots.open.map(({ quantity, cost, fees, ...own }) => ({
      ...own,
      ...{ quantity: units(quantity), cost: amount(cost), fees: amount(fees) },
    })),
    notes,
  };
}

/** A row a disposal, then one for each sale of what was never bought: its cost and gain are empty. */
export function lotRows({ lots, recorded }: LotReport): Cell[][] {
  const settled = (id: InstrumentId) => settlementAsset(recorded.markets.get(id)!);
  const disposals = lots.disposals.map((own): Cell[] => [
    own.instrument,
    own.side,
    units(own.quantity),
    formatTimestamp(own.acquiredMs),
    formatTimestamp(own.disposedMs),
    heldDays(own),
    own.term,
    amount(own.proceeds),
    amount(own.cost),
    amount(own.fees),
    amount(own.gain),
    settled(own.instrument),
    own.acquiredBy,
    own.disposedBy,
    own.isAmbiguous,
  ]);
  const unmatched = lots.unmatched.map(({ instrument, quantity, timeMs, proceeds, fees, tradeId }): Cell[] => [
    ...[instrument, "unmatched", units(quantity), null, formatTimestamp(timeMs), null, null],
    ...[amount(proceeds), null, amount(fees), null, settled(instrument), null, tradeId, null],
  ]);
  return [...disposals, ...unmatched];
}

/** The report for a terminal: sums, the newest disposals, what a reader should know. */
export function lotsText(report: LotReport): string {
  const { recorded, terms, year, lots, notes } = report, { disposals, open } = lots;
  const sums = [...lotTotals(disposals, recorded.markets)].map(([asset, own]) => [
    ...[asset, own.disposals],
    ...[own.proceeds, own.cost, own.fees, own.gain, own.shortTermGain, own.longTermGain].map((sum) =>
      rounded(amount(sum))
    ),
  ]);
  const rows = disposals.slice(-MOST_SHOWN).map((own) => [
    ...[
      own.instrument,
      own.side,
      units(own.quantity),
      formatTimestamp(own.acquiredMs),
      formatTimestamp(own.disposedMs),
    ],
    ...[heldDays(own), own.term, rounded(amount(own.gain))],
  ]);
  const what = `${counted(disposals.length, "disposal")} of ${recorded.of}${year === undefined ? "" : ` in ${year}`}`;
  return [
    `${what}, ${terms.method}, long-term after ${counted(terms.longAfterDays, "day")}; ${
      counted(open.length, "lot")
    } open`,
    table(["settled in", "disposals", "proceeds", "cost", "fees", "gain", "short-term", "long-term"], sums),
    ...(rows.length === 0
      ? []
      : [table(["market", "side", "quantity", "acquired", "disposed", "days", "term", "gain"], rows)]),
    ...onlyNewest(disposals.length),
    ...notes.map((note) => `· ${note}`),
  ].join("\n\n");
}

function heldDays({ heldMs }: Disposal): number {
  return Math.floor(heldMs / DAY_MS);
}

function amount(value: bigint): string {
  return formatDecimal(value, AMOUNT_DECIMALS);
}

function units(value: bigint): string {
  return formatDecimal(value, UNIT_DECIMALS);
}
