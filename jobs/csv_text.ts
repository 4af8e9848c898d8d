// Tables as CSV that other programs can open without harm.

/** A cell: amounts are decimal text, so that no digit is lost. */
export type Cell = string | number | boolean | null;

/**
 * Rows as CSV of RFC 4180: commas, CRLF, quotes around a cell that needs them and doubled in it. A text that a table
 * program would take for a formula gets an apostrophe before it, numbers do not: CSV injection, as OWASP describes it.
 */
export function csvText(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [head, ...rows].map((cells) => `${cells.map(cellText).join(",")}\r\n`).join("");
}

const NUMBER = /^-?\d+(\.\d+)?$/;
/** Characters with which a formula may begin, wide ones and what is skipped before them included. */
const FORMULA = /^\s*[=+\-@＝＋－＠]|^[\t\r\n]/;

function cellText(cell: Cell): string {
  const text = cell === null ? "" : String(cell);
  const harmless = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
