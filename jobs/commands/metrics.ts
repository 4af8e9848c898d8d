import { Command, Option } from "commander";
import {
  METRIC_GROUPS,
  type MetricGroup,
  readReturns,
  RETURN_METRICS,
  type ReturnsLayout,
  type ReturnsReport,
  returnsReport,
} from "../../engine/metrics/mod.ts";
import { readRows } from "../delimited_text.ts";
import { answer, note, table } from "../output.ts";
import { number } from "../parameters.ts";

interface Options extends ReturnsLayout {
  readonly periodsPerYear: number;
  readonly riskFree: number;
  readonly required: number;
  readonly json?: boolean;
}

/** `metrics`: figures of a return series from anywhere. */
export function metricsCommand(): Command {
  return new Command("metrics")
    .description("Compute the figures of a column of returns or of equity in a text table.")
    .argument("<file>", "CSV with a header; separated by commas, semicolons or tabs")
    .option("--column <name>", "column of values, where its name does not tell")
    .addOption(new Option("--kind <kind>", "what the column holds").choices(["returns", "equity"]))
    .option("--periods-per-year <count>", "rows in a year: 365, 252, 12 …", number, 365)
    .option("--risk-free <fraction>", "risk-free return a year, 0.04 for 4 %", number, 0)
    .option("--required <fraction>", "return a year that the omega ratio asks for", number, 0)
    .action(async (file: string, { periodsPerYear, riskFree, required, ...options }: Options) => {
      const series = readReturns(await readRows(file), options);
      const basis = { periodsPerYear, riskFreeAnnualFraction: riskFree, requiredAnnualFraction: required };
      const report = returnsReport(series, basis);
      for (const warning of report.warnings) note(`warning: ${warning}`);
      answer(options, report, () => textOf(report));
    });
}

function textOf({ series: { column, kind, returns, from, to }, metrics, basis }: ReturnsReport): string {
  const period = from === null ? "" : ` from ${from} to ${to}`;
  const rows = Object.entries(RETURN_METRICS).map(([name, text]) => ({
    ...text,
    value: metrics[name as keyof typeof metrics],
  }));
  return [
    `${returns} returns of column ${column} (${kind})${period}; ${basis.periodsPerYear} in a year`,
    ...(Object.keys(METRIC_GROUPS) as MetricGroup[]).flatMap((group) => {
      const own = rows.filter((row) => row.group === group);
      const lines = own.map(({ label, value, unit, convention }) => [label, shown(value, unit), convention]);
      return own.length === 0 ? [] : [table([METRIC_GROUPS[group], "", "convention"], lines)];
    }),
  ].join("\n\n");
}

function shown(value: number | null, unit: string): string {
  if (value === null) return "–";
  if (unit === "fraction") return `${(value * 100).toFixed(2)} %`;
  return Number.isInteger(value) ? `${value}` : value.toFixed(4);
}
