import { Command } from "commander";
import { CodedError } from "../../engine/errors/mod.ts";
import {
  fingerprintOf,
  keyFaults,
  type KeyRow,
  type KeySecrets,
  permissionsText,
  vaultRows,
} from "../../engine/security/mod.ts";
import { formatTimestamp, systemClock, type TimestampMs } from "../../engine/time/mod.ts";
import { audited } from "../audit.ts";
import { answer, table } from "../output.ts";
import { SecretInput } from "../secret_input.ts";
import { readSettings } from "../settings.ts";
import { newOpener, openedOrNewVault, openedVault, vaultIn } from "../vault_access.ts";

interface Flags {
  readonly json?: boolean;
}

interface VenueFlags extends Flags {
  readonly exchangeUrl?: string;
}

interface AddFlags extends Flags {
  readonly venue: string;
  readonly password?: boolean;
}

interface RotateFlags extends VenueFlags {
  readonly password?: boolean;
  readonly untested?: boolean;
}

/** `keys`: the keys of venues in their vault. Secrets are asked for, or come in by standard input, a line each. */
export function keysCommand(): Command {
  const command = new Command("keys").description(
    "Keep the keys of venues in an encrypted vault. Secrets are asked for, or read from standard input, a line each.",
  );
  command.command("add").description("Put a key into the vault: its API key, then its secret.").argument("<name>")
    .requiredOption("--venue <venue>", "whose key it is, as in binance")
    .option("--password", "the venue gives a third word: ask for it too")
    .action(add);
  command.command("list").description("List the keys, and what their venues said of them.").action(list);
  command.command("test").description("Ask the venue what a key may do; one that can take money away is refused.")
    .argument("<name>")
    .option("--exchange-url <url>", "ask there in place of the venue's own host, as the loopback exchange")
    .action(test);
  command.command("rotate")
    .description("Replace the secret of a key, once its venue has accepted it; without a name, what opens the vault.")
    .argument("[name]")
    .option("--password", "the venue gives a third word: ask for it too")
    .option("--untested", "do not ask the venue about the new secret")
    .option("--exchange-url <url>", "ask there in place of the venue's own host, as the loopback exchange")
    .action((name: string | undefined, flags: RotateFlags) => name === undefined ? reopen(flags) : rotate(name, flags));
  command.command("remove").description("Take a key out of the vault.").argument("<name>").action(remove);
  return command;
}

async function add(name: string, { venue, password = false, ...flags }: AddFlags): Promise<void> {
  const { checkExchange } = await import("../../engine/exchanges/mod.ts");
  await checkExchange(venue);
  const input = await SecretInput.open(), vault = await openedOrNewVault(path(), input);
  const secrets = await askedSecrets(input, password), after = { name, venue, fingerprint: fingerprintOf(secrets) };
  const row = await audited(
    { action: "keys.add", subject: name, after },
    () => vault.add(name, venue, secrets, systemClock.now()),
  );
  answer(flags, shown(row), () => `${name} is in the vault: deno task keys test ${name} asks ${venue} what it may do`);
}

async function list(flags: Flags): Promise<void> {
  const rows = (await vaultRows(path()) ?? []).map(shown);
  answer(flags, { keys: rows }, () =>
    rows.length === 0 ? "there are no keys: deno task keys add makes a vault" : table(
      ["key", "venue", "fingerprint", "may", "tested", "verdict"],
      rows.map(({ name, venue, fingerprint, permissions, testedAt, verdict }) => [
        ...[name, venue, fingerprint, permissions === null ? "unknown" : permissionsText(permissions)],
        ...[testedAt ?? "never", verdict],
      ]),
    ));
}

async function test(name: string, flags: VenueFlags): Promise<void> {
  const vault = await openedVault(path(), await SecretInput.open()), row = vault.row(name);
  const report = await tested(row.venue, await vault.secrets(name), flags), { permissions } = report;
  const noted = await audited(
    { action: "keys.test", subject: name, before: row.tested?.permissions, after: permissions },
    () => vault.noteTest(row, report, systemClock.now()),
  );
  const after = shown(noted);
  answer(flags, after, () => `${name} may ${permissionsText(permissions)}: ${after.verdict}`);
  if (after.faults.length > 0) Deno.exitCode = 1;
}

async function rotate(name: string, { password = false, untested, ...flags }: RotateFlags): Promise<void> {
  const input = await SecretInput.open(), vault = await openedVault(path(), input), { venue } = vault.row(name);
  const secrets = await askedSecrets(input, password);
  const found = untested ? null : await tested(venue, secrets, flags);
  if (found !== null && found.faults.length > 0) {
    throw new CodedError(
      "key-refused",
      `the new secret of ${name} is refused, the old one stays: ${found.faults.join(", ")}; restrict it at ${venue}`,
    );
  }
  const before = stateOf(vault.row(name)), after = { ...before, fingerprint: fingerprintOf(secrets) };
  const row = await audited({ action: "keys.rotate", subject: name, before, after }, async () => {
    const row = await vault.rotate(name, secrets, systemClock.now());
    return found === null ? row : await vault.noteTest(row, found, systemClock.now());
  });
  answer(flags, shown(row), () => `${name} has its new secret; revoke the old one at ${venue}`);
}

async function reopen(flags: Flags): Promise<void> {
  const input = await SecretInput.open(), vault = await openedVault(path(), input);
  const opener = await newOpener(path(), input);
  await audited({ action: "keys.rotate", subject: "vault" }, () => vault.reopenWith(opener));
  const { kind } = opener;
  answer(flags, { opensWith: kind, keys: vault.rows.length }, () => `the vault opens with the new ${kind} only`);
}

async function remove(name: string, flags: Flags): Promise<void> {
  const vault = await openedVault(path(), await SecretInput.open()), row = vault.row(name);
  await audited({ action: "keys.remove", subject: name, before: stateOf(row) }, () => vault.remove(name));
  answer(flags, { removed: shown(row) }, () => `${name} is no longer in the vault; revoke it at ${row.venue}`);
}

/** What the chain knows a key by. */
function stateOf({ name, venue, fingerprint }: KeyRow) {
  return { name, venue, fingerprint };
}

function path(): string {
  return vaultIn(readSettings().values.dataDir);
}

async function askedSecrets(input: SecretInput, hasPassword: boolean): Promise<KeySecrets> {
  const apiKey = await input.ask("API key"), secret = await input.ask("secret");
  return { apiKey, secret, password: hasPassword ? await input.ask("password of the key") : null };
}

async function tested(venue: string, secrets: KeySecrets, { exchangeUrl }: VenueFlags) {
  const { testedKey } = await import("../tested_key.ts");
  return await testedKey(venue, secrets, readSettings({ exchangeUrl }).values.exchangeUrl);
}

/** A key as it may be shown. */
function shown({ name, venue, version, fingerprint, changedAtMs, tested }: KeyRow) {
  const faults = tested === null ? [] : keyFaults(tested.permissions);
  return {
    ...{ name, venue, version, fingerprint, changedAt: formatTimestamp(changedAtMs as TimestampMs) },
    testedAt: tested === null ? null : formatTimestamp(tested.atMs as TimestampMs),
    testedHost: tested?.host ?? null,
    permissions: tested?.permissions ?? null,
    faults,
    verdict: tested === null ? "not tested" : faults.length === 0 ? "accepted" : `refused: ${faults.join(", ")}`,
  };
}
