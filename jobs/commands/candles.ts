import { Command } from "commander";
import { InputError } from "../../engine/errors/mod.ts";
import { importCandles, Lake } from "../../engine/lake/mod.ts";
import { instrument } from "../../engine/market/mod.ts";
import { formatTimestamp, parseTimestamp, timeframe } from "../../engine/time/mod.ts";
import { interruption } from "../interruption.ts";
import { answer, table } from "../output.ts";
import { parameter, type Parameters } from "../parameters.ts";
import { progress } from "../progress.ts";
import { readSettings } from "../settings.ts";

/** `candles`: what the lake has, and the ways in and out of it. */
export function candlesCommand(): Command {
  const command = new Command("candles").description("Import candles into the lake, list, check and export them.");
  command.command("import")
    .description("Check a .parquet or .csv file, or a folder of them, and put its candles into the lake.")
    .argument("<path>", "file or folder")
    .option("--exchange <name>", "where the path does not tell it, as in binance")
    .option("--symbol <symbol>", "where the path does not tell it, as in BTC/USDT")
    .option("--timeframe <timeframe>", "where the path does not tell it, as in 1h")
    .option("--map <name=column...>", "column of time, open, high, low, close or volume", parameter)
    .option("--sort", "accept rows that go back in time")
    .option("--revise", "let the file win where it differs from candles that are kept")
    .action(importFiles);
  command.command("list").description("What the lake has, with what is odd about it.").action(list);
  command.command("check").description("Read every partition again and compare it with its sidecar.").action(check);
  command.command("export")
    .description("Write candles to a .parquet or .csv file.")
    .argument("<path>", "file to write, below the data folder")
    .requiredOption("--symbol <symbol>", "as in BTC/USDT")
    .requiredOption("--timeframe <timeframe>", "as in 1h")
    .option("--exchange <name>", "needed where several have the market")
    .option("--from <time>", "first open time")
    .option("--to <time>", "time at which to end, not included")
    .action(exportFile);
  return command;
}

interface ImportFlags {
  json?: boolean;
  exchange?: string;
  symbol?: string;
  timeframe?: string;
  map?: Parameters;
  sort?: boolean;
  revise?: boolean;
}

async function importFiles(path: string, { map, ...flags }: ImportFlags): Promise<void> {
  let shown: ReturnType<typeof progress> | undefined;
  const imported = await importCandles(readSettings().values.dataDir, path, {
    ...flags,
    ...(map ? { map: Object.fromEntries(Object.entries(map).map(([name, column]) => [name, String(column)])) } : {}),
    signal: interruption,
    progress: (done, total, file) => (shown ??= progress("import", total)).advance(done, file),
  });
  shown?.end();
  const sum = (what: "rows" | "added" | "revised" | "duplicates" | "outOfOrder") =>
    imported.reduce((total, file) => total + file[what], 0);
  const issues = { revised: sum("revised"), duplicates: sum("duplicates"), outOfOrder: sum("outOfOrder") };
  const partitions = imported.reduce((total, file) => total + file.partitions.length, 0);
  answer(flags, { partitions, rows: sum("rows"), added: sum("added"), issues, files: imported }, () =>
    table(
      ["exchange", "symbol", "timeframe", "rows", "added", "revised", "duplicates", "partitions"],
      imported.map((file) => [
        file.exchange,
        file.symbol,
        file.timeframe,
        file.rows,
        file.added,
        file.revised,
        file.duplicates,
        file.partitions.length,
      ]),
    ));
}

async function list(options: { json?: boolean }): Promise<void> {
  const holdings = await new Lake(readSettings().values.dataDir).list();
  answer(options, holdings, () =>
    table(
      ["exchange", "symbol", "timeframe", "first", "last", "rows", "missing", "zero volume", "outliers", "revised"],
      holdings.map((held) => [
        held.exchange,
        held.symbol,
        held.timeframe,
        formatTimestamp(held.firstOpenMs),
        formatTimestamp(held.lastOpenMs),
        held.rows,
        held.missing,
        held.zeroVolume,
        held.outliers,
        held.revised,
      ]),
    ));
}

async function check(options: { json?: boolean }): Promise<void> {
  const lake = new Lake(readSettings().values.dataDir);
  const { partitions, rows, issues } = await lake.check();
  lake.close();
  answer(options, { partitions, rows, issues }, () =>
    [
      `${partitions} partitions, ${rows} candles, ${issues.length} damaged`,
      ...issues.map(({ partition, problem }) => `${partition} ${problem}`),
    ].join("\n"));
  if (issues.length > 0) {
    throw new InputError("lake-damaged", `${issues.length} partitions are damaged: import their sources again`);
  }
}

interface ExportFlags {
  json?: boolean;
  symbol: string;
  timeframe: string;
  exchange?: string;
  from?: string;
  to?: string;
}

async function exportFile(path: string, flags: ExportFlags): Promise<void> {
  const lake = new Lake(readSettings().values.dataDir);
  const exchange = flags.exchange ?? await lake.exchangeOf(flags.symbol, flags.timeframe);
  const rows = await lake.export({
    instrument: instrument({ exchange, symbol: flags.symbol }),
    timeframe: timeframe(flags.timeframe),
    ...(flags.from === undefined ? {} : { from: parseTimestamp(flags.from) }),
    ...(flags.to === undefined ? {} : { to: parseTimestamp(flags.to) }),
  }, path);
  lake.close();
  answer(flags, { path, rows }, () => `${rows} candles in ${path}`);
}
