import { Command } from "commander";
import { InputError } from "../../engine/errors/mod.ts";
import { inTransaction } from "../../engine/database/mod.ts";
import { backup, restore, verifyJournal } from "../../engine/journal/mod.ts";
import { counted } from "../../engine/errors/mod.ts";
import { setAnchorsAside } from "../../engine/security/mod.ts";
import { DAY_MS, formatTimestamp, systemClock, type TimestampMs } from "../../engine/time/mod.ts";
import { anchorsOf, tellAfterwards } from "../audit.ts";
import { openedDatabase } from "../opened_database.ts";
import { answer, note, table } from "../output.ts";
import { readSettings } from "../settings.ts";
import { thinnedJournal } from "../thinned_journal.ts";

interface Flags {
  json?: boolean;
  journalDays?: string;
  dryRun?: boolean;
}

/** `journal`: copies of the trading truth, and how long it stays in the database. */
export function journalCommand(): Command {
  const command = new Command("journal").description("Back up, restore, verify and thin out the journal of trading.");
  command.command("backup")
    .description("Copy all lasting tables as they are at one moment into a new folder.")
    .argument("[folder]", "folder to make, below the data folder; without, backups/TIME there")
    .action(backUp);
  command.command("restore")
    .description("Fill an empty database from a backup, after every file was checked.")
    .argument("<folder>", "folder of a backup")
    .action(restoreFrom);
  command.command("retention")
    .description("Archive the rows of sessions that ended long ago as Parquet, then delete them.")
    .option("--journal-days <days>", "how many days after its end a session stays")
    .option("--dry-run", "only say what would leave, and what has to stay for what reason")
    .action(retain);
  command.command("verify")
    .description("Replay the events and compare what they come to with the tables.")
    .action(verify);
  return command;
}

async function backUp(folder: string | undefined, flags: Flags): Promise<void> {
  const { values } = readSettings(), nowMs = systemClock.now();
  const target = folder ?? `${values.dataDir}/backups/${formatTimestamp(nowMs).replaceAll(":", "")}`;
  await using database = await openedDatabase("journal");
  const manifest = await backup(database.sql, target, nowMs);
  const rows = manifest.tables.reduce((sum, { rows }) => sum + rows, 0);
  answer(
    flags,
    { folder: target, rows, ...manifest },
    () => `${rows} rows of ${manifest.tables.length} tables in ${target}`,
  );
}

async function restoreFrom(folder: string, flags: Flags): Promise<void> {
  await using database = await openedDatabase("journal", { migrate: false });
  const place = readSettings().values;
  const { tables, states, madeAtMs } = await restore(database.sql, folder);
  // The chain is that of the backup now. Its rows cannot be written into before, as only an empty database is filled.
  const former = await setAnchorsAside(anchorsOf(place), systemClock.now());
  await tellAfterwards(database.sql, place, { action: "journal.restore", subject: folder, after: states });
  if (former !== null) note(`anchors of the audit chain that was here before are in ${former}`);
  const rows = tables.reduce((sum, { rows }) => sum + rows, 0), accounts = Object.keys(states).length;
  answer(
    flags,
    { folder, rows, madeAtMs, states },
    () =>
      `${rows} rows of ${formatTimestamp(madeAtMs as TimestampMs)}; the journal of ` +
      `${counted(accounts, "account")} comes to the state that was saved`,
  );
}

async function retain({ journalDays, dryRun = false, json }: Flags): Promise<void> {
  const settings = readSettings({ journalDays }).values, { journalDays: days } = settings;
  if (days === null) {
    throw new InputError(
      "retention-days",
      "everything is kept: say for how long with --journal-days, or in settings.json",
    );
  }
  const endedBeforeMs = systemClock.now() - days * DAY_MS;
  await using database = await openedDatabase("journal");
  const done = await thinnedJournal(database.sql, settings, { endedBeforeMs, dryRun });
  answer({ ...json === undefined ? {} : { json } }, { endedBeforeMs, dryRun, ...done }, () =>
    [
      `${dryRun ? "would leave" : "left"}: ${Object.entries(done.rows).map(([name, n]) => `${n} ${name}`).join(", ")}`,
      ...done.files.map(({ path, rows }) => `${path}: ${rows} rows`),
      table(
        ["session", "account", "ended", "stays because"],
        done.sessions.map(({ id, account, endedAtMs, keptFor }) => [
          ...[id, account, formatTimestamp(endedAtMs as TimestampMs), keptFor ?? ""],
        ]),
      ),
    ].join("\n"));
}

async function verify(flags: Flags): Promise<void> {
  await using database = await openedDatabase("journal");
  const check = await inTransaction(database.sql, verifyJournal, { isolation: "repeatable read", readOnly: true });
  if (check.faults.length > 0) Deno.exitCode = 1;
  answer(flags, check, () =>
    [
      `${counted(check.accounts, "account")}, ${counted(check.orders, "order")}, ${counted(check.fills, "fill")}: ` +
      `${counted(check.faults.length, "fault")}`,
      ...check.faults.map(({ account, message }) => `${account}: ${message}`),
    ].join("\n"));
}
