import { Argument, Command } from "commander";
import {
  type AccountMode,
  accountModes,
  ALLOWED,
  changedMode,
  confirmationOf,
  modeInForce,
  needsConfirmation,
  PERMISSION_MODES,
  type PermissionMode,
  setMode,
} from "../../engine/security/mod.ts";
import { formatTimestamp, systemClock, type TimestampMs } from "../../engine/time/mod.ts";
import { toldTo } from "../audit.ts";
import { openedDatabase } from "../opened_database.ts";
import { answer, note, table } from "../output.ts";
import { number, whole as count } from "../parameters.ts";
import { SecretInput } from "../secret_input.ts";
import { readSettings } from "../settings.ts";
import { openedVault, vaultIn } from "../vault_access.ts";

interface SetFlags {
  readonly json?: boolean;
  readonly maxPosition?: number;
  readonly maxDailyLoss?: number;
  readonly maxOrder?: number;
  readonly maxDailyEntries?: number;
}

/** `mode`: what each account may do at most. An account is named as its key in the vault. */
export function modeCommand(): Command {
  const command = new Command("mode").description("Show what each account may do, raise it and lower it.");
  command.command("show").description("List the accounts with their modes.").action(show);
  command.command("set")
    .description("Set the mode of an account. Raising it opens the vault and asks for a typed confirmation.")
    .argument("<account>", "name of its key in the vault")
    .addArgument(new Argument("<mode>").choices(PERMISSION_MODES))
    .option("--max-position <amount>", "live: largest position, in the quote currency", number)
    .option("--max-daily-loss <amount>", "live: loss of a day after which nothing new is opened", number)
    .option("--max-order <amount>", "live: largest order, in the quote currency", number)
    .option("--max-daily-entries <count>", "live: entries of a day after which nothing new is opened", count)
    .action(set);
  return command;
}

async function show(flags: { json?: boolean }): Promise<void> {
  await using database = await openedDatabase("mode");
  const { sql } = database;
  const modes = await accountModes(sql, systemClock.now());
  answer(flags, { modes }, () =>
    modes.length === 0 ? "no account may do more than research" : table(
      ["account", "mode", "allows", "largest position", "daily loss", "largest order", "entries a day", "key", "until"],
      modes.map(({ account, mode, limits, key, untilMs }) => [
        ...[account, mode, ALLOWED[mode].join(", ")],
        ...[limits?.maxPositionQuote ?? "", limits?.maxDailyLossQuote ?? ""],
        ...[limits?.maxOrderQuote ?? "", limits?.maxDailyEntries ?? ""],
        key === null ? "" : `${key.fingerprint} at ${key.host}`,
        untilMs === null ? "" : formatTimestamp(untilMs as TimestampMs),
      ]),
    ));
}

async function set(account: string, to: PermissionMode, { maxPosition, maxDailyLoss, ...flags }: SetFlags) {
  const { maxOrder, maxDailyEntries } = flags;
  const isWhole = [maxPosition, maxDailyLoss, maxOrder, maxDailyEntries].every((own) => own !== undefined);
  const limits = isWhole
    ? {
      maxPositionQuote: maxPosition!,
      maxDailyLossQuote: maxDailyLoss!,
      maxOrderQuote: maxOrder!,
      maxDailyEntries: maxDailyEntries!,
    }
    : null;
  await using database = await openedDatabase("mode");
  const { sql } = database;
  const from = await modeInForce(sql, account, systemClock.now());
  const lowering = { from, to, limits, tested: null };
  const after = needsConfirmation(lowering)
    ? await confirmed(lowering)
    : changedMode(lowering, null, systemClock.now());
  const act = { action: "mode.set", subject: `${account} ${to}`, before: from, after, mode: from.mode };
  await toldTo(sql, readSettings().values, act, () => setMode(sql, after));
  answer(flags, after, () => `${account} is in the mode ${to}, which allows: ${ALLOWED[to].join(", ") || "nothing"}`);
}

/** Who raises a mode opens the vault, and types account and limits. */
async function confirmed(change: Parameters<typeof changedMode>[0]): Promise<AccountMode> {
  const input = await SecretInput.open(), path = vaultIn(readSettings().values.dataDir);
  const vault = await openedVault(path, input), { account } = change.from;
  const { venue, fingerprint, tested } = vault.row(account);
  // A test of long ago, which did not say where, counts as none.
  const known = tested?.host === undefined ? null : { permissions: tested.permissions, host: tested.host, fingerprint };
  const whole = { ...change, tested: known };
  note(`${account} is key ${fingerprint} of ${venue}, tested at ${known?.host ?? "no known host"}`);
  const typed = await input.confirm(`type "${confirmationOf(whole)}" to confirm:`);
  return changedMode(whole, typed, systemClock.now());
}
