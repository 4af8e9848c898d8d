import { type Content, element } from "./element.ts";

/** A column of a table: what it shows of a row, and by what it sorts. */
export interface Column<Row> {
  readonly label: string;
  /** Said on hover. */
  readonly title?: string;
  /** Numbers stand to the right. */
  readonly numeric?: boolean;
  /** By what the rows are sorted; null goes last either way. */
  readonly value: (row: Row) => number | string | null;
  readonly cell: (row: Row) => Content;
  /** Class of the cell, as `gain` or `loss`. */
  readonly mark?: (row: Row) => string | undefined;
}

/** Where a table begins. */
export interface TableStart {
  /** Label of the column by which it is sorted at first, and the direction. */
  readonly sortedBy: string;
  readonly descending?: boolean;
}

/** Called with the row that a reader has pressed, or chosen with Enter. */
export type SelectRow<Row> = (row: Row) => void;

/** Rows added at a time, when the reader comes near the end. */
const BATCH = 120;

/** A table in a scrolling box whose heads sort it; with `select`, its rows can be chosen, one at a time. */
export function sortableTable<Row>(
  label: string,
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  start: TableStart,
  select?: SelectRow<Row>,
): HTMLElement {
  const body = element("tbody");
  const heads = columns.map((column) =>
    element(
      "th",
      { scope: "col", class: column.numeric ? "numeric" : undefined },
      element("button", { type: "button", title: column.title }, column.label),
    )
  );
  const box = element(
    "div",
    { class: "table-box", tabindex: "0", role: "region", "aria-label": label },
    element("table", {}, element("thead", {}, element("tr", {}, ...heads)), body),
  );
  let sorted: readonly Row[] = rows, drawn = 0, chosen: Row | undefined;
  const choose = (row: Row, line: HTMLElement) => {
    body.querySelector("[aria-selected=true]")?.removeAttribute("aria-selected");
    line.setAttribute("aria-selected", "true");
    chosen = row;
    select!(row);
  };
  const lineOf = (row: Row) => {
    const line = tableRow(row, columns);
    if (select === undefined) return line;
    line.tabIndex = 0;
    if (row === chosen) line.setAttribute("aria-selected", "true");
    line.addEventListener("click", () => choose(row, line));
    line.addEventListener("keydown", ({ key }) => key === "Enter" && choose(row, line));
    return line;
  };
  const more = () => {
    const next = sorted.slice(drawn, drawn + BATCH);
    drawn += next.length;
    body.append(...next.map(lineOf));
  };
  const sortBy = (index: number, descending: boolean) => {
    heads.forEach((head, i) => {
      if (i === index) head.setAttribute("aria-sort", descending ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    });
    sorted = inOrder(rows, columns[index].value, descending);
    drawn = 0;
    body.replaceChildren();
    box.scrollTop = 0;
    more();
  };
  heads.forEach((head, i) =>
    head.firstElementChild!.addEventListener("click", () => {
      const now = head.getAttribute("aria-sort");
      sortBy(i, now === null ? columns[i].numeric === true : now === "ascending");
    })
  );
  box.addEventListener("scroll", () => {
    if (drawn < sorted.length && box.scrollTop + box.clientHeight > box.scrollHeight - 400) more();
  });
  sortBy(columns.findIndex((column) => column.label === start.sortedBy), start.descending ?? false);
  return box;
}

function tableRow<Row>(row: Row, columns: readonly Column<Row>[]): HTMLElement {
  return element(
    "tr",
    {},
    ...columns.map(({ numeric, cell, mark }) => {
      const classes = [numeric ? "numeric" : undefined, mark?.(row)].filter(Boolean).join(" ");
      return element("td", { class: classes || undefined }, cell(row));
    }),
  );
}

/** The rows by a value; equal ones keep their order, undefined ones go last. */
function inOrder<Row>(
  rows: readonly Row[],
  value: (row: Row) => number | string | null,
  descending: boolean,
): readonly Row[] {
  const sign = descending ? -1 : 1;
  return rows.toSorted((one, other) => {
    const a = value(one), b = value(other);
    if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
    return a < b ? -sign : a > b ? sign : 0;
  });
}
