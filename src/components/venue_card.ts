import { card } from "./card.ts";
import { element } from "./element.ts";
import { amount, dateTime, number } from "./format.ts";
import type { Liquidation, VenueNotes } from "./page_data.ts";
import { type Column, sortableTable } from "./sortable_table.ts";

/** Liquidations, funding that is missing, the asset that paid fees; nothing where the venue only filled orders. */
export function venueCard(notes: VenueNotes): HTMLElement {
  const { liquidations = [] } = notes, facts = factsOf(notes);
  if (facts.length === 0 && liquidations.length === 0) return element("div");
  return card(
    "At the venue",
    { note: "What happened to the account beside the fills of its orders." },
    ...facts.map((fact) => element("p", { class: "venue-fact" }, fact)),
    ...(liquidations.length === 0 ? [] : [liquidationTable(liquidations)]),
  );
}

function factsOf({ liquidations = [], missingFunding = [], missingMarks = 0, feeBalance }: VenueNotes): string[] {
  const facts = missingFunding.map(({ instrument, count, firstTimeMs }) =>
    `${number(count, 0)} settlements of funding are missing of ${instrument}, the first of ` +
    `${dateTime(firstTimeMs)} UTC: nothing was charged for them.`
  );
  if (missingMarks > 0) facts.push(`${number(missingMarks, 0)} candles had no mark price: the traded price stood in.`);
  if (feeBalance !== undefined) {
    const { asset, startAmount, endAmount, shortFills } = feeBalance;
    facts.push(
      `Fees were paid with ${asset}: ${amount(startAmount)} at the start, ${amount(endAmount)} at the end` +
        (shortFills > 0 ? `; it did not reach for ${number(shortFills, 0)} fills.` : "."),
    );
  }
  if (liquidations.length > 0) {
    facts.push(
      liquidations.length === 1
        ? "1 position was liquidated."
        : `${number(liquidations.length, 0)} positions were liquidated.`,
    );
  }
  return facts;
}

function liquidationTable(rows: readonly Liquidation[]): HTMLElement {
  const figure = (
    label: string,
    title: string,
    value: (row: Liquidation) => number,
    cell = amount,
  ): Column<Liquidation> => ({ label, title, numeric: true, value, cell: (row) => cell(value(row)) });
  const columns: readonly Column<Liquidation>[] = [
    figure("Time", "UTC", (row) => row.timeMs, dateTime),
    { label: "Market", value: (row) => row.instrument, cell: (row) => row.instrument },
    figure("Quantity", "Of the position; below zero it was short", (row) => row.quantity),
    figure("Mark", "Mark price that triggered it", (row) => row.markPrice),
    figure("Settled at", "Price at which the account was settled", (row) => row.price),
    figure("Fee", "Of the liquidation, in the settlement asset", (row) => row.fee, (value) => number(value, 2)),
    figure(
      "Insurance fund",
      "What it received; below zero it paid",
      (row) => row.insurance,
      (value) => number(value, 2),
    ),
  ];
  return sortableTable("Liquidations", rows, columns, { sortedBy: "Time" });
}
