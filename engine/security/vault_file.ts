// The vault on the disk: one file, replaced whole; the version before it lies beside it.
import { z } from "zod";
import { InputError } from "../errors/mod.ts";
import { identityOf } from "../identity/mod.ts";
import { folderOf, replacePrivateFile, syncPath, unlessMissing } from "../database/mod.ts";
import { derivationSchema } from "./key_derivation.ts";
import { keyPermissionsSchema } from "./key_verdict.ts";
import { sealedSchema } from "./sealed.ts";

/** Names of keys. */
export const KEY_NAME = /^[a-z0-9][a-z0-9-]{0,39}$/;

/** A key as the file has it; all but `sealed` can be read without opening the vault. */
const entrySchema = z.strictObject({
  name: z.string().regex(KEY_NAME),
  venue: z.string().min(1).max(64),
  /** Grows with each new secret, and is never used again. */
  version: z.int().positive(),
  /** Tells keys apart: the first twelve digits of a SHA-256. */
  fingerprint: z.string().regex(/^[0-9a-f]{12}$/),
  changedAtMs: z.int(),
  /** When the venue was last asked what the key may do, where, and what it said; tests of long ago do not say where. */
  tested: z.strictObject({ atMs: z.int(), permissions: keyPermissionsSchema, host: z.string().min(1).optional() })
    .nullable(),
  sealed: sealedSchema,
});

const bodySchema = z.strictObject({
  format: z.literal(1),
  opensWith: z.discriminatedUnion("kind", [
    derivationSchema,
    z.strictObject({ kind: z.literal("keyring"), id: z.string().regex(/^[0-9a-f]{16}$/) }),
  ]),
  /** Highest version that a removed key had, so that none is given twice. */
  lastVersion: z.int().nonnegative(),
  entries: z.array(entrySchema).max(1_000),
});

const fileSchema = z.strictObject({
  ...bodySchema.shape,
  /** Nothing, sealed in the context of all the rest: whoever changes an entry cannot make it anew. */
  seal: sealedSchema,
  /** SHA-256 of all the rest: tells a damaged file from a wrong passphrase. */
  checksum: z.string(),
});

export type VaultEntry = Readonly<z.infer<typeof entrySchema>>;
export type VaultBody = Readonly<z.infer<typeof bodySchema>>;
export type VaultFile = Readonly<z.infer<typeof fileSchema>>;

/** The version before, beside a vault. */
export function formerOf(path: string): string {
  return `${path}.former`;
}

/** The file without its seal and checksum. */
export function bodyOf({ format, opensWith, lastVersion, entries }: VaultFile): VaultBody {
  return { format, opensWith, lastVersion, entries };
}

/**
 * Reads a vault; null where there is none.
 *
 * @throws {InputError} `vault-damaged` for a file that is not what was written, `vault-newer` for one of a newer program.
 */
export async function readVaultFile(path: string): Promise<VaultFile | null> {
  const text = await unlessMissing(Deno.readTextFile(path));
  if (text === null) return null;
  const file = parsed(text);
  if (file === "newer") {
    throw new InputError("vault-newer", `${path} was written by a newer program: use that one`);
  }
  if (file !== null) return file;
  const former = formerOf(path), kept = parsed(await unlessMissing(Deno.readTextFile(former)) ?? "");
  const wayBack = kept !== null && kept !== "newer"
    ? `the version before it is whole: copy ${former} over it to go back to that`
    : `restore it from a copy of your own, or move it away and add the keys again`;
  throw new InputError("vault-damaged", `${path} is damaged, it is not what was written there; ${wayBack}`);
}

function parsed(text: string): VaultFile | "newer" | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const { checksum, ...rest } = (value ?? {}) as Record<string, unknown>;
  if (typeof checksum !== "string" || checksum !== checksumOf(rest)) return null;
  if (typeof rest.format === "number" && rest.format > 1) return "newer";
  return fileSchema.safeParse(value).data ?? null;
}

function checksumOf(rest: unknown): string | null {
  try {
    return identityOf(rest);
  } catch {
    return null;
  }
}

/**
 * Replaces a vault: after a crash at any moment there is the old one or the new one, and the version before is kept.
 * Only for who holds the vault's lock.
 */
export async function writeVaultFile(path: string, rest: Omit<VaultFile, "checksum">): Promise<VaultFile> {
  const now = await unlessMissing(Deno.readTextFile(path));
  if (now !== null) await replacePrivateFile(formerOf(path), now);
  return await replaceVaultFile(path, rest);
}

/** Replaces a vault by one that opens with something else: what opens with the old one is gone before. */
export async function writeReopened(path: string, rest: Omit<VaultFile, "checksum">): Promise<VaultFile> {
  await unlessMissing(Deno.remove(formerOf(path)));
  await syncPath(folderOf(path));
  return await replaceVaultFile(path, rest);
}

async function replaceVaultFile(path: string, rest: Omit<VaultFile, "checksum">): Promise<VaultFile> {
  const file = { ...rest, checksum: identityOf(rest) };
  await replacePrivateFile(path, `${JSON.stringify(file, null, 2)}\n`);
  return file;
}
