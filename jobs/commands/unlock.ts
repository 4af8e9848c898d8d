import { Command } from "commander";
import { UsageError } from "../../engine/errors/mod.ts";
import { openKeyring } from "../../engine/security/mod.ts";
import { note } from "../output.ts";
import { SecretInput } from "../secret_input.ts";
import { readSettings } from "../settings.ts";
import { unlockLines } from "../unlock_lines.ts";
import { vaultIn } from "../vault_access.ts";

/** `unlock`: the only process that may read the OS keyring. It hands on what opens the vault, and ends. */
export function unlockCommand(): Command {
  return new Command("unlock")
    .description(
      "Read what opens the vault from the OS keyring, else ask for the passphrase, and pipe it to a process.",
    )
    .option("--new", "make a new key in the keyring too, as in deno task unlock --new | deno task keys rotate")
    .action(unlock);
}

async function unlock(flags: { new?: boolean }): Promise<void> {
  if (Deno.stdout.isTerminal()) {
    throw new UsageError(
      "this prints the key of the vault: pipe it, as in deno task unlock | deno task keys test NAME",
    );
  }
  const path = vaultIn(readSettings().values.dataDir);
  const lines = await unlockLines(path, flags.new ?? false, {
    openKeyring,
    askPassphrase: async () => {
      note("the vault opens with a passphrase, not with the OS keyring");
      return await (await SecretInput.open()).ask(`passphrase of ${path}`);
    },
  });
  console.log(lines.join("\n"));
}
