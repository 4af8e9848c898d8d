// Where the vault is, and how it is opened.
import { Secret } from "../engine/errors/mod.ts";
import { keyOfPassphrase, type NewVaultOpener, Vault, vaultOpensWith } from "../engine/security/mod.ts";
import { audited } from "./audit.ts";
import { note } from "./output.ts";
import type { SecretInput } from "./secret_input.ts";

const NOTHING = new Secret("passphrase", "");

/** The vault's file in a data folder. */
export function vaultIn(dataDir: string): string {
  return `${dataDir}/vault/keys.json`;
}

/** Opens the vault by what `unlock` pipes in, else by its passphrase. */
export async function openedVault(path: string, input: SecretInput): Promise<Vault> {
  if (input.vaultKey !== null) return await Vault.open(path, { kind: "key", key: input.vaultKey });
  const isByPassphrase = (await vaultOpensWith(path))?.kind === "argon2id";
  // A vault that is missing, or opens otherwise, says so before anybody is asked for anything.
  const passphrase = isByPassphrase ? await input.ask(`passphrase of ${path}`) : NOTHING;
  return await Vault.open(path, { kind: "passphrase", passphrase });
}

/** The key that opens the vault: what `unlock` pipes in, or what its passphrase comes to. */
export async function vaultKeyOf(path: string, input: SecretInput): Promise<Secret> {
  return input.vaultKey ?? await keyOfPassphrase(path, await input.ask(`passphrase of ${path}`));
}

/** Opens the vault, or makes one where there is none. */
export async function openedOrNewVault(path: string, input: SecretInput): Promise<Vault> {
  if (await vaultOpensWith(path) !== null) return await openedVault(path, input);
  note(`there is no vault yet: a new one is made at ${path}; without its passphrase nobody gets its keys back`);
  const opener = await newOpener(path, input);
  return await audited({ action: "vault.create", subject: "vault" }, () => Vault.create(path, opener));
}

/** What a vault is to open with: the keyring's key where `unlock --new` pipes one in, else a new passphrase. */
export async function newOpener(path: string, input: SecretInput): Promise<NewVaultOpener> {
  if (input.newVaultKey !== null) return { kind: "keyring", ...input.newVaultKey };
  return { kind: "passphrase", passphrase: await input.askNew(`new passphrase of ${path}`) };
}
