// Keys of venues, encrypted at rest. The passphrase is tried as a whole: a wrong one, and a file that somebody has changed,
// are refused in the same words after the same work. Tested in vault_test.ts, with a crash at each step.
import { didYouMean, InputError, Secret } from "../errors/mod.ts";
import { canonicalJson, sha256Hex } from "../identity/mod.ts";
import { asHolderOf, folderOf } from "../database/mod.ts";
import { type DerivationCost, derivedBytes, newDerivation, USUAL_COST } from "./key_derivation.ts";
import type { KeyPermissions } from "./key_verdict.ts";
import { open, seal, sealingKey } from "./sealed.ts";
import {
  bodyOf,
  KEY_NAME,
  readVaultFile,
  type VaultBody,
  type VaultEntry,
  type VaultFile,
  writeReopened,
  writeVaultFile,
} from "./vault_file.ts";

/** A passphrase; `cost` is what a new vault's derivation from it costs. */
interface PassphraseOpener {
  readonly kind: "passphrase";
  readonly passphrase: Secret;
  readonly cost?: DerivationCost;
}

/** What opens a vault: its passphrase, or the key itself as 64 hexadecimal digits, as `unlock` pipes it. */
export type VaultOpener = PassphraseOpener | { readonly kind: "key"; readonly key: Secret };

/** What a vault is to open with: a passphrase, or a new key that the OS keyring has under an id. */
export type NewVaultOpener = PassphraseOpener | { readonly kind: "keyring"; readonly id: string; readonly key: Secret };

/** What an account of a venue is opened with. */
export interface KeySecrets {
  readonly apiKey: Secret;
  readonly secret: Secret;
  readonly password: Secret | null;
}

/** What of a key may be shown. */
export type KeyRow = Omit<VaultEntry, "sealed">;

/** What was learnt of a key, and where. */
export interface KeyReport {
  readonly permissions: KeyPermissions;
  readonly host: string;
}

/** Shortest passphrase that a new vault takes. */
export const PASSPHRASE_MIN = 12;

/** An open vault. Each change is on the disk when its promise is kept. */
export class Vault {
  #key: CryptoKey;
  #file: VaultFile;

  private constructor(readonly path: string, key: CryptoKey, file: VaultFile) {
    this.#key = key;
    this.#file = file;
  }

  /**
   * Opens a vault.
   *
   * @throws {InputError} `vault-missing`, `vault-damaged`, `vault-newer`, `vault-opener` where the vault opens with the
   * other kind, `vault-locked` for a wrong passphrase.
   */
  static async open(path: string, opener: VaultOpener): Promise<Vault> {
    const file = await readVaultFile(path);
    if (file === null) {
      throw new InputError("vault-missing", `there is no vault at ${path}: deno task keys add makes one`);
    }
    const key = await keyOf(opener, file.opensWith);
    if (!await isSealedBy(key, file)) throw locked(path);
    return new Vault(path, key, file);
  }

  /** Makes an empty vault. @throws {InputError} `vault-exists`, `passphrase-short`. */
  static async create(path: string, opener: NewVaultOpener): Promise<Vault> {
    checkNew(opener);
    await Deno.mkdir(folderOf(path), { recursive: true, mode: 0o700 });
    return await asHolderOf(lockOf(path), async () => {
      if (await readVaultFile(path) !== null) {
        throw new InputError("vault-exists", `there is a vault at ${path} already`);
      }
      const { key, opensWith } = await newKey(opener);
      const file = await write(path, key, { format: 1, opensWith, lastVersion: 0, entries: [] });
      return new Vault(path, key, file);
    });
  }

  /** All keys, without what is secret, in the order of their names. */
  get rows(): readonly KeyRow[] {
    return rowsOf(this.#file);
  }

  /** @throws {InputError} `key-unknown`. */
  row(name: string): KeyRow {
    return rowOf(entryOf(this.#file, name));
  }

  /** The secrets of a key. @throws {InputError} `key-unknown`. */
  async secrets(name: string): Promise<KeySecrets> {
    const text = await open(this.#key, entryOf(this.#file, name).sealed, contextOf(entryOf(this.#file, name)));
    if (text === null) throw locked(this.path);
    const { apiKey, secret, password } = JSON.parse(text) as Record<string, string | null>;
    return {
      apiKey: new Secret(`${name} API key`, apiKey!),
      secret: new Secret(`${name} secret`, secret!),
      password: password === null ? null : new Secret(`${name} password`, password),
    };
  }

  /** @throws {InputError} `key-name`, `key-exists`. */
  async add(name: string, venue: string, secrets: KeySecrets, nowMs: number): Promise<KeyRow> {
    if (!KEY_NAME.test(name)) {
      throw new InputError("key-name", `"${name}" cannot name a key: use up to 40 small letters, digits and dashes`);
    }
    return await this.#change(name, async (body) => {
      if (body.entries.some((own) => own.name === name)) {
        throw new InputError(
          "key-exists",
          `there is a key ${name} already: deno task keys rotate ${name} replaces its secret`,
        );
      }
      return await withEntry(this.#key, body, { name, venue }, secrets, nowMs);
    });
  }

  /** Replaces the secrets of a key; what the venue said of the old ones is forgotten. */
  rotate(name: string, secrets: KeySecrets, nowMs: number): Promise<KeyRow> {
    return this.#change(name, async (body) => {
      const { venue } = entryOf(body, name);
      const entries = body.entries.filter((own) => own.name !== name);
      return await withEntry(this.#key, { ...body, entries }, { name, venue }, secrets, nowMs);
    });
  }

  /**
   * Keeps what the venue at a host says that a key may do.
   *
   * @throws {InputError} `key-changed` when its secret is another one by now.
   */
  noteTest(row: KeyRow, { permissions, host }: KeyReport, nowMs: number): Promise<KeyRow> {
    return this.#change(row.name, (body) => {
      if (entryOf(body, row.name).version !== row.version) {
        throw new InputError("key-changed", `the secret of ${row.name} was replaced meanwhile: test the key again`);
      }
      const tested = { atMs: nowMs, permissions, host };
      return { ...body, entries: body.entries.map((own) => own.name === row.name ? { ...own, tested } : own) };
    });
  }

  /** @throws {InputError} `key-unknown`. */
  async remove(name: string): Promise<void> {
    await this.#replace((body) => {
      entryOf(body, name);
      return { ...body, entries: body.entries.filter((own) => own.name !== name) };
    });
  }

  /** Changes what opens the vault: all keys are sealed anew. No version that opens with the old one is left beside it. */
  async reopenWith(opener: NewVaultOpener): Promise<void> {
    checkNew(opener);
    await asHolderOf(lockOf(this.path), async () => {
      const body = await this.#current(), { key, opensWith } = await newKey(opener), entries: VaultEntry[] = [];
      for (const entry of body.entries) {
        const text = await open(this.#key, entry.sealed, contextOf(entry));
        if (text === null) throw locked(this.path);
        entries.push({ ...entry, sealed: await seal(key, text, contextOf(entry)) });
      }
      this.#file = await writeReopened(this.path, await sealed(key, { ...body, opensWith, entries }));
      this.#key = key;
    });
  }

  async #change(name: string, work: (body: VaultBody) => VaultBody | Promise<VaultBody>): Promise<KeyRow> {
    await this.#replace(work);
    return this.row(name);
  }

  async #replace(work: (body: VaultBody) => VaultBody | Promise<VaultBody>): Promise<void> {
    await asHolderOf(lockOf(this.path), async () => {
      this.#file = await write(this.path, this.#key, await work(await this.#current()));
    });
  }

  /** The file as it is now: another process may have changed it. */
  async #current(): Promise<VaultBody> {
    const file = await readVaultFile(this.path);
    if (file === null || !await isSealedBy(this.#key, file)) {
      throw new InputError("vault-changed", `${this.path} opens with something else by now: open it again`);
    }
    return bodyOf(file);
  }
}

/** The keys of a vault without opening it; null where there is none. What it says is proven only when it is opened. */
export async function vaultRows(path: string): Promise<readonly KeyRow[] | null> {
  const file = await readVaultFile(path);
  return file === null ? null : rowsOf(file);
}

/** What opens a vault; null where there is none. */
export async function vaultOpensWith(path: string): Promise<VaultBody["opensWith"] | null> {
  return (await readVaultFile(path))?.opensWith ?? null;
}

/** Tells keys apart without telling anything of a password, which may be short. */
export function fingerprintOf({ apiKey, secret }: KeySecrets): string {
  return sha256Hex(canonicalJson([apiKey.reveal(), secret.reveal()])).slice(0, 12);
}

function rowsOf({ entries }: VaultBody): readonly KeyRow[] {
  return entries.map(rowOf);
}

function rowOf({ sealed: _, ...row }: VaultEntry): KeyRow {
  return row;
}

function entryOf({ entries }: VaultBody, name: string): VaultEntry {
  const found = entries.find((own) => own.name === name);
  if (found !== undefined) return found;
  throw new InputError(
    "key-unknown",
    `the vault has no key ${name}${
      didYouMean(name, entries.map((own) => own.name)) || ": deno task keys list shows them"
    }`,
  );
}

async function withEntry(
  key: CryptoKey,
  body: VaultBody,
  { name, venue }: Pick<VaultEntry, "name" | "venue">,
  secrets: KeySecrets,
  nowMs: number,
): Promise<VaultBody> {
  const version = body.lastVersion + 1, { apiKey, secret, password } = secrets;
  for (const part of [apiKey, secret]) {
    if (part.reveal().trim() === "") {
      throw new InputError("credentials", `the ${part.name} is empty: give both of a key`);
    }
  }
  const text = canonicalJson({
    apiKey: apiKey.reveal(),
    secret: secret.reveal(),
    password: password?.reveal() ?? null,
  });
  const sealed = await seal(key, text, contextOf({ name, version }));
  const entry = { name, venue, version, fingerprint: fingerprintOf(secrets), changedAtMs: nowMs, tested: null, sealed };
  const entries = [...body.entries, entry].sort((a, b) => a.name < b.name ? -1 : 1);
  return { ...body, lastVersion: version, entries };
}

function contextOf({ name, version }: Pick<VaultEntry, "name" | "version">): string {
  return canonicalJson(["crypto-trader key", name, version]);
}

async function write(path: string, key: CryptoKey, body: VaultBody): Promise<VaultFile> {
  return await writeVaultFile(path, await sealed(key, body));
}

async function sealed(key: CryptoKey, body: VaultBody) {
  return { ...body, seal: await seal(key, "", sealContext(body)) };
}

async function isSealedBy(key: CryptoKey, file: VaultFile): Promise<boolean> {
  return await open(key, file.seal, sealContext(bodyOf(file))) !== null;
}

function sealContext(body: VaultBody): string {
  return canonicalJson(["crypto-trader vault", body]);
}

async function keyOf(opener: VaultOpener, opensWith: VaultBody["opensWith"]): Promise<CryptoKey> {
  if (opener.kind === "key") return await keyringKey(opener.key);
  if (opensWith.kind === "argon2id") return await sealingKey(derivedBytes(opener.passphrase, opensWith));
  throw new InputError(
    "vault-opener",
    "this vault opens with the OS keyring: pipe in what unlock prints, as in deno task unlock | deno task keys test NAME",
  );
}

/** What `unlock` hands on of a passphrase: the key that it comes to. @throws {InputError} `vault-missing`, `vault-opener`. */
export async function keyOfPassphrase(path: string, passphrase: Secret): Promise<Secret> {
  const opensWith = await vaultOpensWith(path);
  if (opensWith?.kind === "argon2id") return new Secret("vault key", derivedBytes(passphrase, opensWith).toHex());
  throw new InputError("vault-opener", `${path} does not open with a passphrase`);
}

async function newKey(opener: NewVaultOpener): Promise<{ key: CryptoKey; opensWith: VaultBody["opensWith"] }> {
  if (opener.kind === "keyring") {
    return { key: await keyringKey(opener.key), opensWith: { kind: "keyring", id: opener.id } };
  }
  const opensWith = newDerivation(opener.cost ?? USUAL_COST);
  return { key: await sealingKey(derivedBytes(opener.passphrase, opensWith)), opensWith };
}

async function keyringKey(key: Secret): Promise<CryptoKey> {
  if (!/^[0-9a-f]{64}$/.test(key.reveal())) {
    throw new InputError("vault-opener", "what should open the vault is no key: deno task unlock prints it");
  }
  return await sealingKey(Uint8Array.fromHex(key.reveal()));
}

function checkNew(opener: NewVaultOpener): void {
  if (opener.kind !== "passphrase" || [...opener.passphrase.reveal()].length >= PASSPHRASE_MIN) return;
  throw new InputError("passphrase-short", `the passphrase is too short: use ${PASSPHRASE_MIN} characters or more`);
}

/** In one sentence for all causes: which part was right is nobody's business. */
function locked(path: string): InputError {
  return new InputError("vault-locked", `${path} does not open: the passphrase is wrong, or somebody changed the file`);
}

function lockOf(path: string): string {
  return `${path}.lock`;
}
