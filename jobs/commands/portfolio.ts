import { Command, Option } from "commander";
import { counted, UsageError } from "../../engine/errors/mod.ts";
import { LOT_METHODS, type LotMethod } from "../../engine/portfolio/mod.ts";
import { writeCsv } from "../csv_file.ts";
import { FILL_HEAD, fillRows, fillsText } from "../fill_rows.ts";
import { LOT_HEAD, lotDocument, lotReport, lotRows, lotsText } from "../lot_rows.ts";
import { answer } from "../output.ts";
import { whole } from "../parameters.ts";
import { type FillsWanted, recordedFills } from "../recorded_fills.ts";

interface Flags extends FillsWanted {
  readonly json?: boolean;
  readonly csv?: string;
}

interface LotFlags extends Flags {
  readonly method: LotMethod;
  readonly longAfterDays: number;
  readonly year?: number;
}

/** `portfolio`: what kept runs and accounts bought and sold, as tax offices and tables want it. */
export function portfolioCommand(): Command {
  const command = new Command("portfolio").description(
    "Tax lots and fills of kept runs, or of accounts in the journal.",
  );
  about(command.command("lots"))
    .description("Which purchase each sale sold, what it gained, and how long it was held.")
    .addOption(
      new Option("--method <method>", "which lot is sold first: oldest, newest, dearest").choices(LOT_METHODS).default(
        "fifo",
      ),
    )
    .option("--year <year>", "only what was disposed of in this year, UTC", year)
    .option("--long-after-days <days>", "held for more than so many days is long-term", whole, 365)
    .action(lots);
  about(command.command("fills")).description("Every execution, oldest first.").action(fills);
  return command;
}

function about(command: Command): Command {
  return command
    .argument("[run]", "hash of a kept run, or its first digits")
    .option("--account <name>", "an account of the journal, in place of a run")
    .option("--session <id>", "only what this session of the account traded")
    .addOption(
      new Option("--kind <kind>", "what the account trades; spot unless stated").choices(["spot", "linear", "inverse"]),
    )
    .option("--csv <file>", "write them to a CSV file, below the data folder");
}

function year(text: string): number {
  const value = whole(text);
  if (value >= 2009 && value < 10_000) return value;
  throw new UsageError(`${text} is no year: write it as 2025`);
}

async function lots(run: string | undefined, flags: LotFlags): Promise<void> {
  const { method, longAfterDays, csv } = flags;
  const report = lotReport(await recordedFills(run, flags), { method, longAfterDays }, flags.year);
  const rows = lotRows(report);
  if (csv !== undefined) await writeCsv(csv, LOT_HEAD, rows);
  answer(flags, { ...lotDocument(report), ...written(csv) }, () => [lotsText(report), ...said(csv, rows)].join("\n\n"));
}

async function fills(run: string | undefined, flags: Flags): Promise<void> {
  const recorded = await recordedFills(run, flags), rows = fillRows(recorded), { csv } = flags;
  if (csv !== undefined) await writeCsv(csv, FILL_HEAD, rows);
  const listed = rows.map((row) => Object.fromEntries(FILL_HEAD.map((name, i) => [name, row[i]])));
  const { of, notes } = recorded;
  answer(
    flags,
    { of, fills: listed, notes, ...written(csv) },
    () =>
      [`${counted(rows.length, "fill")} of ${of}`, ...fillsText(recorded), ...notes, ...said(csv, rows)].join("\n\n"),
  );
}

function written(csv: string | undefined): { csv?: string } {
  return csv === undefined ? {} : { csv };
}

function said(csv: string | undefined, rows: readonly unknown[]): string[] {
  return csv === undefined ? [] : [`${counted(rows.length, "row")} in ${csv}`];
}
