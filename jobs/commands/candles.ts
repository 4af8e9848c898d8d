import { Command, InvalidArgumentError } from "commander";
import { InputError } from "../../engine/errors/mod.ts";
import { type FundingHolding, type Holding, Lake } from "../../engine/lake/mod.ts";
import { instrument } from "../../engine/market/mod.ts";
import { formatTimestamp, parseTimestamp, timeframe } from "../../engine/time/mod.ts";
import { type FetchFlags, withMarketFlags } from "../fetching/fetch_flags.ts";
import { IMPORT_KINDS, type ImportFlags, importKind } from "../imports/kinds.ts";
import { lakePlace } from "../lake_place.ts";
import { answer, table } from "../output.ts";
import { whole } from "../parameters.ts";
import type { RetentionFlags } from "../retention_flags.ts";
import { readSettings } from "../settings.ts";

/** `candles`: what the lake has, and the ways in and out of it. */
export function candlesCommand(): Command {
  const command = new Command("candles").description("Import candles into the lake, list, check and export them.");
  command.command("import")
    .description(
      "Check a .parquet, .feather, .csv, .zip or (funding) .json file, or a folder of them, and put what it holds into " +
        "the lake.",
    )
    .argument("<path>", "file or folder")
    .option("--kind <kind>", `what the file holds: ${Object.keys(IMPORT_KINDS).join(", ")}; candles unless stated`)
    .option("--exchange <name>", "where the path does not tell it, as in binance")
    .option("--symbol <symbol>", "where the path does not tell it, as in BTC/USDT")
    .option("--timeframe <timeframe>", "where the path does not tell it, as in 1h")
    .option("--map <name=column>", "columns that are named otherwise, as in time=Date,open=Open", columnMap)
    .option("--sort", "accept rows that go back in time, and count them")
    .option("--no-checksum", "accept .zip archives without a .CHECKSUM file beside them")
    .option("--revise", "let the file win where it differs from what is kept")
    .action(importFiles);
  withMarketFlags(command.command("fetch"))
    .description("Fetch what the lake does not have from a venue; the same command goes on where it was stopped.")
    .option(
      "--failover <name>",
      "venue that takes over when it fails; may be repeated",
      (text: string, before: string[] = []) => [...before, text],
    )
    .option("--kind <kind>", "candles, trades (candles made of them), funding or listings; candles unless stated")
    .option("--revisit <count>", "newest candles that are asked for again, to see whether they were revised", "3")
    .action(async (flags: FetchFlags) => {
      const { fetchKind } = await import("../fetching/kinds.ts");
      await fetchKind(flags.kind ?? "candles")(flags);
    });
  withMarketFlags(command.command("repair"))
    .description("Fill gaps between candles from another venue; they are marked, and queries can leave them out.")
    .requiredOption("--from-exchange <name>", "the other venue")
    .action(async (flags: FetchFlags) => (await import("../fetching/candles.ts")).repairCandles(flags));
  command.command("list").description("What the lake has, with what is odd about it.").action(list);
  command.command("check")
    .description("Read every partition again and compare it with its sidecar.")
    .option("--quarantine", "move damaged files to the folder quarantine, so that their sources can be imported again")
    .action(check);
  command.command("retention")
    .description("Show which months a rule takes out of the lake, and with --apply take them out.")
    .option("--keep-days <days>", "keep so many days; whole months that are older go", whole)
    .option("--drop", "all months go; name the symbol")
    .option("--exchange <name>", "of this exchange only")
    .option("--symbol <symbol>", "of this market only")
    .option("--timeframe <timeframe>", "of this timeframe only")
    .option("--kind <kind>", "candles or mark; candles unless stated")
    .option("--archive <folder>", "copy the months there before, in the lake's layout")
    .option("--force", "also what kept runs could not be repeated without")
    .option("--apply", "do it; without it nothing is changed")
    .action(async (flags: RetentionFlags) => (await import("../retired_candles.ts")).retireCandles(flags));
  command.command("export")
    .description("Write candles to a .parquet or .csv file.")
    .argument("<path>", "file to write, below the data folder")
    .requiredOption("--symbol <symbol>", "as in BTC/USDT")
    .requiredOption("--timeframe <timeframe>", "as in 1h")
    .option("--exchange <name>", "needed where several have the market")
    .option("--from <time>", "first open time")
    .option("--to <time>", "time at which to end, not included")
    .option("--own-only", "leave out candles that another venue gave")
    .action(exportFile);
  return command;
}

/** Reads `time=Date,open=Open`; later pairs and later options win. */
function columnMap(text: string, before: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const pairs = text.split(",").map((pair) => /^(\w+)=(.+)$/.exec(pair));
  if (pairs.includes(null)) throw new InvalidArgumentError(`"${text}" is not NAME=COLUMN, as in time=Date,open=Open.`);
  return { ...before, ...Object.fromEntries(pairs.map((pair) => [pair![1], pair![2]])) };
}

async function importFiles(path: string, flags: ImportFlags): Promise<void> {
  const { kind } = flags;
  await importKind(kind ?? "candles")(path, flags);
}

async function list(options: { json?: boolean }): Promise<void> {
  const lake = new Lake(lakePlace(readSettings().values.dataDir));
  const holdings = await lake.list(), funding = await lake.fundingList();
  const mark = (await lake.list("mark")).map(({ zeroVolume: _, ...held }) => held);
  const sum = (what: "partitions" | "rows" | typeof ODDITIES[number]) =>
    holdings.reduce((total, held) => total + held[what], 0);
  const issues = Object.fromEntries(ODDITIES.map((what) => [what, sum(what)]));
  answer(options, { partitions: sum("partitions"), rows: sum("rows"), issues, holdings, mark, funding }, () =>
    [
      holdingTable(holdings),
      ...(mark.length > 0 ? [`Mark prices:\n${holdingTable(mark)}`] : []),
      ...(funding.length > 0 ? [`Funding:\n${fundingTable(funding)}`] : []),
    ].join("\n\n"));
}

/** Of mark prices, of which nothing is traded, nothing is said of volume. */
function holdingTable(holdings: readonly (Omit<Holding, "zeroVolume"> & Partial<Holding>)[]): string {
  const hasVolume = holdings.some(({ zeroVolume }) => zeroVolume !== undefined);
  return table(
    [
      "exchange",
      "symbol",
      "timeframe",
      "first",
      "last",
      "rows",
      "missing",
      "inconsistent",
      ...(hasVolume ? ["zero volume"] : []),
      "outliers",
      "revised",
    ],
    holdings.map((held) => [
      held.exchange,
      held.symbol,
      held.timeframe,
      formatTimestamp(held.firstOpenMs),
      formatTimestamp(held.lastOpenMs),
      held.rows,
      held.missing,
      held.inconsistent,
      ...(held.zeroVolume === undefined ? [] : [held.zeroVolume]),
      held.outliers,
      held.revised,
    ]),
  );
}

function fundingTable(funding: readonly FundingHolding[]): string {
  return table(
    ["exchange", "symbol", "first", "last", "settlements", "missing", "revised"],
    funding.map((held) => [
      held.exchange,
      held.symbol,
      formatTimestamp(held.firstTimeMs),
      formatTimestamp(held.lastTimeMs),
      held.settlements,
      held.missing,
      held.revised,
    ]),
  );
}

/** What the quality ledger counts. */
const ODDITIES = [
  "missing",
  "duplicates",
  "outOfOrder",
  "inconsistent",
  "zeroVolume",
  "outliers",
  "revised",
] as const;

async function check(options: { json?: boolean; quarantine?: boolean }): Promise<void> {
  const lake = new Lake(lakePlace(readSettings().values.dataDir));
  const quarantined = options.quarantine ? await lake.quarantine() : [];
  const { partitions, rows, settlements, issues } = await lake.check();
  await lake.close();
  const funding = settlements > 0 ? `${settlements} settlements of funding, ` : "";
  answer(options, { partitions, rows, settlements, issues, quarantined }, () =>
    [
      `${partitions} partitions, ${rows} candles, ${funding}${issues.length} damaged`,
      ...issues.map(({ problem }) => problem),
      ...quarantined.map(({ partition, movedTo, sources }) =>
        `${partition} was set aside as ${movedTo}; import or fetch again: ${sources.join(", ") || "its source"}`
      ),
    ].join("\n"));
  if (issues.length > 0) {
    throw new InputError(
      "lake-damaged",
      `${issues.length} partitions are damaged: set them aside with candles check --quarantine, then import or fetch ` +
        "their sources again",
    );
  }
}

interface ExportFlags {
  json?: boolean;
  symbol: string;
  timeframe: string;
  exchange?: string;
  from?: string;
  to?: string;
  ownOnly?: boolean;
}

async function exportFile(path: string, flags: ExportFlags): Promise<void> {
  const lake = new Lake(lakePlace(readSettings().values.dataDir));
  const exchange = flags.exchange ?? await lake.exchangeOf(flags.symbol, flags.timeframe);
  const rows = await lake.export({
    instrument: instrument({ exchange, symbol: flags.symbol }),
    timeframe: timeframe(flags.timeframe),
    ...(flags.from === undefined ? {} : { from: parseTimestamp(flags.from) }),
    ...(flags.to === undefined ? {} : { to: parseTimestamp(flags.to) }),
    ...(flags.ownOnly ? { ownOnly: true } : {}),
  }, path);
  await lake.close();
  answer(flags, { path, rows }, () => `${rows} candles in ${path}`);
}
