/**
 * Who may do what, and what was done: the vault of venues' keys. What opens it is an argument; nothing here prompts, asks
 * a venue or prints.
 *
 * @module
 */
export { keyFaults, type KeyPermissions, permissionsText } from "./key_verdict.ts";
export {
  fingerprintOf,
  keyOfPassphrase,
  type KeyRow,
  type KeySecrets,
  type NewVaultOpener,
  PASSPHRASE_MIN,
  Vault,
  type VaultOpener,
  vaultOpensWith,
  vaultRows,
} from "./vault.ts";
