// What verify found, for people.
import type { RunVerification } from "../engine/backtest/mod.ts";
import { counted } from "../engine/errors/mod.ts";
import type { MovedValue } from "../engine/identity/mod.ts";
import { table } from "./output.ts";

const SHOWN_VALUES = 40;

/** What the run was made of and is another thing now, then the figures that moved. */
export function verificationText({ hash, holds, inputs, moved }: RunVerification): string {
  if (holds) return `run ${hash.slice(0, 10)} holds: every figure is what its inputs make of it today`;
  const inRows = moved.filter(({ path }) => /^(trades|fills)\[/.test(path));
  const figures = moved.filter((own) => !inRows.includes(own)), listed = figures.slice(0, SHOWN_VALUES);
  return [
    `run ${hash.slice(0, 10)} does not hold: ${counted(moved.length, "value")} moved`,
    ...inputs.map(({ message }) => `· ${message}`),
    ...(moved.length > 0 && inputs.length === 0
      ? ["· its inputs are the same: what was kept of it was changed, or the engine computes something else"]
      : []),
    ...(listed.length === 0 ? [] : [
      table(
        ["what", "recorded", "now", ""],
        listed.map((own) => [own.path, text(own.recorded), text(own.recomputed), rows(own)]),
      ),
    ]),
    ...(figures.length > listed.length ? [`and ${figures.length - listed.length} more figures: --json lists all`] : []),
    ...(["trades", "fills"] as const).flatMap((name) => movedRows(name, inRows)),
  ].join("\n");
}

/** How many trades or fills moved, and the first of them. */
function movedRows(name: "trades" | "fills", moved: readonly MovedValue[]): string[] {
  const own = moved.flatMap(({ path }) => path.startsWith(name) ? [Number(/\[(\d+)\]/.exec(path)![1])] : []);
  const rows = new Set(own);
  return rows.size === 0
    ? []
    : [`${rows.size} ${name} moved, the first is number ${Math.min(...rows) + 1}: --json lists all`];
}

function text(value: unknown): string {
  if (value === undefined) return "–";
  const whole = typeof value === "object" ? JSON.stringify(value) : String(value);
  return whole.length > 40 ? `${whole.slice(0, 39)}…` : whole;
}

function rows({ column }: MovedValue): string {
  return column === undefined ? "" : `${column.moved} of ${column.of} rows, the first is ${column.firstRow}`;
}
