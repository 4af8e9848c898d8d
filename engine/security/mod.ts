/**
 * Who may do what, and what was done: the vault of the keys of venues, and the chain of privileged acts. What opens the
 * vault is an argument; nothing here prompts, asks
 * a venue or prints.
 *
 * @module
 */
export { type Keyring, openKeyring } from "./keyring.ts";
export { keyFaults, type KeyPermissions, permissionsText } from "./key_verdict.ts";
export {
  fingerprintOf,
  keyOfPassphrase,
  type KeyReport,
  type KeyRow,
  type KeySecrets,
  type NewVaultOpener,
  PASSPHRASE_MIN,
  Vault,
  type VaultOpener,
  vaultOpensWith,
  vaultRows,
} from "./vault.ts";
export { type AuditAnchor, setAnchorsAside } from "./audit_anchors.ts";
export type { AuditCheck, AuditFault } from "./audit_check.ts";
export { type AuditFilter, AuditLog } from "./audit_log.ts";
export type { AuditAct, AuditHead, AuditRow } from "./audit_row.ts";
export { accountModes, modeInForce, setMode } from "./account_modes.ts";
export {
  type AccountMode,
  ALLOWED,
  allows,
  areWhole,
  changedMode,
  confirmationOf,
  type KeyPlace,
  type ModeChange,
  type ModeLimits,
  needsConfirmation,
  PERMISSION_MODES,
  type PermissionMode,
  termsOf,
  type TradingAct,
} from "./permission_mode.ts";
