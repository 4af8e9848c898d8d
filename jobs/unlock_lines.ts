// What the process `unlock` hands to the one behind it in the pipe.
import { InputError, Secret } from "../engine/errors/mod.ts";
import { keyOfPassphrase, type Keyring, Vault, vaultOpensWith } from "../engine/security/mod.ts";
import { NEW_VAULT_KEY, VAULT_KEY } from "./secret_input.ts";

/** How `unlock` reaches what it needs. */
export interface UnlockEffects {
  openKeyring(): Promise<Keyring>;
  askPassphrase(): Promise<Secret>;
}

/**
 * The line that opens the vault, from the keyring or from its passphrase, whichever opens it.
 *
 * @param isNew Also a line with a new key, which the keyring has by then, for `keys rotate` to seal the vault with. No
 * other key is removed: the keyring is the user's, and nobody knows here which vaults elsewhere its keys open.
 * @throws {InputError} `keyring-missing`, `keyring-empty`, `vault-missing`, `vault-locked`.
 */
export async function unlockLines(path: string, isNew: boolean, effects: UnlockEffects): Promise<string[]> {
  const opensWith = await vaultOpensWith(path);
  if (opensWith === null && !isNew) {
    throw new InputError("vault-missing", `there is no vault at ${path}: deno task keys add makes one`);
  }
  const keyring = isNew || opensWith?.kind === "keyring" ? await effects.openKeyring() : null;
  const lines: string[] = [];
  if (opensWith !== null) {
    const key = opensWith.kind === "keyring"
      ? keyOf(keyring!, opensWith.id, path)
      : await keyOfPassphrase(path, await effects.askPassphrase());
    await Vault.open(path, { kind: "key", key });
    lines.push(`${VAULT_KEY}${key.reveal()}`);
  }
  if (isNew) lines.push(newLine(keyring!));
  return lines;
}

function keyOf(keyring: Keyring, id: string, path: string): Secret {
  const key = keyring.get(id);
  if (key !== null) return key;
  throw new InputError(
    "keyring-empty",
    `the OS keyring has no key ${id} of ${path}: sign in as the user who made the vault, or restore a copy of the keyring`,
  );
}

function newLine(keyring: Keyring): string {
  const id = crypto.getRandomValues(new Uint8Array(8)).toHex();
  const key = new Secret("new vault key", crypto.getRandomValues(new Uint8Array(32)).toHex());
  keyring.set(id, key);
  if (!keyring.get(id)?.equals(key)) {
    throw new InputError(
      "keyring-missing",
      "the OS keyring does not keep what it is given: open the vault by a passphrase",
    );
  }
  return `${NEW_VAULT_KEY}${id}:${key.reveal()}`;
}
