// Two runs, trade by trade, for people.
import type { RunRecord } from "../engine/backtest/mod.ts";
import { counted } from "../engine/errors/mod.ts";
import type { Trade, TradeDifference } from "../engine/portfolio/mod.ts";
import { formatTimestamp } from "../engine/time/mod.ts";
import { table } from "./output.ts";

/** The trades that differ, one line each, with what both runs made of them. */
export function differencesText(left: RunRecord, right: RunRecord, differences: readonly TradeDifference[]): string {
  const [one, two] = [left, right].map(({ manifest }) => manifest.run.hash.slice(0, 10)) as [string, string];
  const same = left.trades.length - differences.filter((own) => own.left !== null).length;
  if (differences.length === 0) return `All ${same} trades are those of run ${one}.`;
  const profit = differences.reduce((sum, { left, right }) => sum + (right?.pnl ?? 0) - (left?.pnl ?? 0), 0);
  // After one trade that differs the equity does, and with it the size of every later one.
  const inSize = differences.filter(({ fields }) => fields.join() === "quantity");
  const listed = differences.filter((own) => !inSize.includes(own));
  return [
    `${
      counted(listed.length, "trade differs", "trades differ")
    } from run ${one}, ${inSize.length} in nothing but their size, ${same} are the same; ` +
    `the difference in profit is ${profit.toFixed(2)}.`,
    table(
      ["entry", "market", "side", `run ${one}`, "profit", `run ${two}`, "profit", "differs in"],
      listed.map(({ left, right, fields }) => [
        formatTimestamp((left ?? right)!.entryTimeMs),
        (left ?? right)!.instrument,
        (left ?? right)!.side,
        ...told(left),
        ...told(right),
        fields.join(", ") || (left === null ? "only there now" : "gone"),
      ]),
    ),
  ].join("\n");
}

function told(trade: Trade | null): [string, string] {
  if (trade === null) return ["–", ""];
  const { entryPrice, exitPrice, exitReason, exitTimeMs, pnl } = trade;
  return [`${entryPrice} → ${exitPrice} ${exitReason} ${formatTimestamp(exitTimeMs)}`, pnl.toFixed(2)];
}
