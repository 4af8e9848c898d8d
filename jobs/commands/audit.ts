import { Command } from "commander";
import { counted } from "../../engine/errors/mod.ts";
import type { AuditLog } from "../../engine/security/mod.ts";
import { formatTimestamp, type TimestampMs } from "../../engine/time/mod.ts";
import { auditLogOn } from "../audit.ts";
import { openedDatabase } from "../opened_database.ts";
import { answer, table } from "../output.ts";
import { whole } from "../parameters.ts";
import { readSettings } from "../settings.ts";

interface ListFlags {
  readonly json?: boolean;
  readonly action?: string;
  readonly subject?: string;
  readonly limit: number;
}

/** `audit`: the chain of privileged acts. */
export function auditCommand(): Command {
  const command = new Command("audit").description(
    "List the privileged acts, and verify that none was changed or removed.",
  );
  command.command("verify")
    .description("Read the whole chain, and compare it with its anchors and daily signatures outside of the database.")
    .option("--signer <name>", "who must have signed it, as you wrote it down elsewhere")
    .action(verify);
  command.command("list").description("List privileged acts, the newest first.")
    .option("--action <action>", "only these, as in keys.rotate")
    .option("--subject <subject>", "only those on this, as on the name of a key")
    .option("--limit <count>", "at most so many", whole, 50)
    .action(list);
  return command;
}

async function verify({ signer, ...flags }: { json?: boolean; signer?: string }): Promise<void> {
  await withLog(async (log) => {
    const check = await log.verify();
    const isOther = signer !== undefined && (check.signers.length !== 1 || check.signers[0] !== signer);
    if (check.faults.length > 0 || isOther) Deno.exitCode = 1;
    answer(flags, check, () =>
      [
        `${counted(check.rows, "row")}, anchored up to row ${check.anchoredTo}: ${
          counted(check.faults.length, "fault")
        }`,
        check.signedTo === 0
          ? "it was never signed: the scheduler does so once a day"
          : `signed up to row ${check.signedTo} by ${check.signers.join(" and ")}`,
        ...(isOther ? [`IT WAS NOT SIGNED BY ${signer}`] : []),
        ...check.faults.map(({ message }) => message),
      ].join("\n"));
  });
}

async function list({ json, ...filter }: ListFlags): Promise<void> {
  await withLog(async (log) => {
    const rows = await log.list(filter);
    answer({ json: json ?? false }, { rows }, () =>
      rows.length === 0 ? "there are no such acts" : table(
        ["row", "at", "who", "mode", "action", "subject", "before", "after"],
        rows.map(({ seq, atMs, actor, mode, action, subject, beforeHash, afterHash }) => [
          ...[seq, formatTimestamp(atMs as TimestampMs), actor, mode, action, subject],
          ...[beforeHash, afterHash].map((hash) => hash?.slice(0, 12) ?? ""),
        ]),
      ));
  });
}

async function withLog(work: (log: AuditLog) => Promise<void>): Promise<void> {
  await using database = await openedDatabase("audit");
  await work(auditLogOn(database.sql, readSettings().values));
}
