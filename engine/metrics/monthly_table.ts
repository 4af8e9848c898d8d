import type { YearRow } from "./report_document.ts";

/**
 * Returns compounded by calendar month and year in UTC, one row for each year from the first to the last return.
 *
 * @param timeMs Moment of each return, oldest first: any inside the day or period that it covers.
 */
export function monthlyTable(timeMs: ArrayLike<number>, returns: ArrayLike<number>): YearRow[] {
  const rows: { year: number; months: (number | null)[] }[] = [];
  for (let i = 0; i < returns.length; i++) {
    const date = new Date(timeMs[i]!), year = date.getUTCFullYear(), month = date.getUTCMonth();
    const first = rows[0]?.year ?? year;
    while (rows.length <= year - first) rows.push({ year: first + rows.length, months: Array(12).fill(null) });
    const { months } = rows[year - first]!;
    months[month] = (months[month] ?? 1) * (1 + returns[i]!);
  }
  return rows.map(({ year, months }) => ({
    year,
    monthFractions: months.map((growth) => growth === null ? null : growth - 1),
    yearFraction: months.reduce<number>((total, growth) => total * (growth ?? 1), 1) - 1,
  }));
}
