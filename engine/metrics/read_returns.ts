import { didYouMean, InputError } from "../errors/mod.ts";
import { DAY_MS, parseTimestamp } from "../time/mod.ts";
import { returnsOf } from "./returns.ts";
import { ascendingOf, quantile } from "./value_at_risk.ts";

/** One line of a table as text, with its number in the file for error messages. */
export interface TextRow {
  readonly line: number;
  readonly cells: readonly string[];
}

/** Which column holds what, where the names do not tell. */
export interface ReturnsLayout {
  /** Name of the column of values. */
  readonly column?: string;
  readonly kind?: "returns" | "equity";
}

/** A series of returns as a table gave it. */
export interface ReturnSeries {
  readonly column: string;
  readonly kind: "returns" | "equity";
  readonly returns: Float64Array;
  /** Time of each return, null of a table without times. */
  readonly timeMs: Float64Array | null;
  /** Time of the first equity; null where the table has returns, whose beginning it does not state. */
  readonly startMs: number | null;
  /** Median time from row to row in days; null without times or of a single one. */
  readonly stepDays: number | null;
  /** Days that the returns cover. The first return of a table of returns counts as long as the median step. */
  readonly calendarDays: number | null;
}

/** Names of columns, without case, spaces and signs; the first that a table has is taken. */
const NAMES = {
  returns: ["return", "returns", "ret", "rets", "pctchange", "dailyreturn", "dailyreturns", "strategyreturn", "r"],
  equity: [
    "equity",
    "equityquote",
    "nav",
    "portfoliovalue",
    "accountvalue",
    "value",
    "balance",
    "adjclose",
    "close",
    "price",
  ],
  time: [
    "",
    "date",
    "datetime",
    "time",
    "timestamp",
    "day",
    "timems",
    "closetimems",
    "closetime",
    "opentimems",
    "opentime",
  ],
};

/**
 * Reads a series of simple returns from the rows of a table, the header first. Returns are fractions (0.01 is 1 %);
 * equity becomes the returns between its rows. A first return without a value, as percent changes have it, is left out.
 *
 * @throws {InputError} `returns-table` with line and column for what cannot be used: a missing column, text in a number,
 * values that are not finite, a return of −1 or less, an equity of 0 or less, time that does not move on.
 */
export function readReturns(rows: readonly TextRow[], layout: ReturnsLayout = {}): ReturnSeries {
  const [header, ...lines] = rows.filter(({ cells }) => cells.some((cell) => cell.trim() !== ""));
  if (header === undefined) throw bad("the table is empty: write a header and one row for each return or equity");
  const names = header.cells.map((cell) => cell.trim());
  if (names.every((name) => isNumber(name) || timeOf(name) !== null)) {
    throw bad(`line ${header.line} has values where the header should be: write column names, as in date,return`);
  }
  const timeAt = names.findIndex((name) => NAMES.time.includes(plain(name)));
  const { at, kind } = valueColumn(names, timeAt, layout);
  const column = names[at]!;
  const values: number[] = [], times: number[] = [];
  for (const { line, cells } of lines) {
    const text = (cells[at] ?? "").trim();
    if (values.length === 0 && kind === "returns" && /^(nan)?$/i.test(text)) continue;
    values.push(valueOf(text, `line ${line}, column ${column}`, kind));
    if (timeAt < 0) continue;
    const time = timeOf((cells[timeAt] ?? "").trim());
    if (time === null) {
      throw bad(
        `line ${line}: "${cells[timeAt] ?? ""}" is not a time: write 2024-08-05, 2024-08-05T06:00 or milliseconds`,
      );
    }
    if (times.length > 0 && time <= times.at(-1)!) {
      throw bad(
        `line ${line}: ${cells[timeAt]} is not after the time of the row before: sort the rows, each time once`,
      );
    }
    times.push(time);
  }
  const least = kind === "equity" ? 2 : 1;
  if (values.length < least) {
    throw bad(`column ${column} has ${values.length} values: ${least} or more are needed for a return`);
  }
  const dated = timeAt >= 0 ? Float64Array.from(times) : null;
  const stepDays = dated && medianStepDays(dated);
  const spanDays = dated && (dated.at(-1)! - dated[0]!) / DAY_MS;
  if (kind === "returns") {
    const calendarDays = stepDays === null ? null : spanDays! + stepDays;
    return { column, kind, returns: Float64Array.from(values), timeMs: dated, startMs: null, stepDays, calendarDays };
  }
  return {
    column,
    kind,
    returns: returnsOf(values.slice(1), values[0]!),
    timeMs: dated?.subarray(1) ?? null,
    startMs: dated?.[0] ?? null,
    stepDays,
    calendarDays: spanDays,
  };
}

function valueColumn(
  names: readonly string[],
  timeAt: number,
  { column, kind }: ReturnsLayout,
): { at: number; kind: "returns" | "equity" } {
  const kinds = kind === undefined ? ["returns", "equity"] as const : [kind];
  const kindOf = (name: string) => kinds.find((own) => NAMES[own].includes(plain(name)));
  const others = names.map((_, i) => i).filter((i) => i !== timeAt);
  let at = -1;
  if (column !== undefined) {
    at = names.indexOf(column);
    if (at < 0) at = names.findIndex((name) => plain(name) === plain(column));
    if (at < 0) {
      throw bad(`there is no column ${column}${didYouMean(column, names) || `: the table has ${names.join(", ")}`}`);
    }
  } else {
    const known = kinds.flatMap((own) => NAMES[own]).map((name) => names.findIndex((own) => plain(own) === name));
    at = known.find((i) => i >= 0 && i !== timeAt) ?? (others.length === 1 ? others[0]! : -1);
    if (at < 0) {
      throw bad(`no column of ${names.join(", ")} is known as returns or equity: name it with --column and --kind`);
    }
  }
  const found = kind ?? kindOf(names[at]!);
  if (found === undefined) {
    throw bad(`it is not clear what column ${names[at]} holds: say --kind returns or --kind equity`);
  }
  return { at, kind: found };
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, "");
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function isNumber(text: string): boolean {
  return NUMBER.test(text);
}

function valueOf(text: string, place: string, kind: "returns" | "equity"): number {
  const value = isNumber(text) ? Number(text) : NaN;
  if (!Number.isFinite(value)) {
    const remedy = text.endsWith("%")
      ? "write fractions, 0.01 for 1 %"
      : text === ""
      ? "fill it in or remove the row"
      : "write a finite number like -0.0125, with a point and without separators";
    throw bad(`${place}: ${text === "" ? "nothing" : `"${text}"`} is not a number: ${remedy}`);
  }
  if (kind === "returns" && value <= -1) {
    throw bad(`${place}: a return of ${text} loses everything or more: returns are fractions, -0.05 for −5 %`);
  }
  if (kind === "equity" && value <= 0) {
    throw bad(`${place}: an equity of ${text} has no return after it: equity must stay above 0`);
  }
  return value;
}

/** Milliseconds of a time as ISO text (with an offset or not), a date as 20240805, or a count since 1970 in s, ms, µs or ns. */
function timeOf(text: string): number | null {
  if (/^(19|20)\d{6}$/.test(text)) return timeOf(`${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}`);
  if (/^\d{9,19}(\.\d+)?$/.test(text)) {
    const digits = text.split(".")[0]!.length, count = Number(text);
    return digits <= 11 ? count * 1000 : digits <= 14 ? count : digits <= 17 ? count / 1000 : count / 1e6;
  }
  const match =
    /^(\d{4}-\d{2}(?:-\d{2})?)(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)\d*)? ?(?:Z|UTC|([+-])(\d{2}):?(\d{2}))?$/
      .exec(text);
  if (!match) return null;
  const [, date, clock, sign, hours, minutes] = match;
  try {
    const time: number = parseTimestamp(clock === undefined ? date! : `${date}T${clock}`);
    return time - (sign === undefined ? 0 : Number(`${sign}1`) * (Number(hours) * 60 + Number(minutes)) * 60_000);
  } catch {
    return null;
  }
}

function medianStepDays(timeMs: Float64Array): number | null {
  const step = quantile(ascendingOf(Array.from(timeMs.subarray(1), (time, i) => time - timeMs[i]!)), 0.5);
  return step === null ? null : step / DAY_MS;
}

function bad(message: string): InputError {
  return new InputError("returns-table", message);
}
