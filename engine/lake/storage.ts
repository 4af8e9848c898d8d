// Where a lake lies: files of a folder, or objects of a bucket. The lake's code knows no other difference between them.
import type { Database } from "./duckdb.ts";

/** A file that is written beside its place and not yet there for readers. */
export interface Staged {
  /** Path on this machine, into which SQL can write. */
  readonly path: string;
  /** SHA-256 of what has been written, hexadecimal; it is durable from then on. */
  seal(): Promise<string>;
  /** Puts it in its place, whole. @throws {CodedError} `lease-lost` when another writer was there meanwhile. */
  commit(): Promise<void>;
  /** Removes what was not committed. */
  discard(): Promise<void>;
}

/** Files by full paths, each replaced whole or not at all. What is not there is null, or an empty list. */
export interface Storage {
  /** How the lake's place is written: `data`, `s3://bucket/lake`. All paths begin with it. */
  readonly root: string;
  /** Folder of this machine for what is unpacked, which SQL of {@linkcode database} reaches; it need not exist yet. */
  readonly scratch: string;
  /** Opens an SQL database that reaches the lake and the further folders, and nothing else. */
  database(folders?: readonly string[], threads?: 1): Promise<Database>;
  read(path: string): Promise<Uint8Array | null>;
  /** A text that differs whenever the file does: to know that a file is still the one that was looked at. */
  stamp(path: string): Promise<string | null>;
  /** Names in a folder that begin with a prefix, sorted. */
  names(folder: string, prefix: string): Promise<string[]>;
  stage(path: string): Promise<Staged>;
  /** Replaces a small file as a whole. */
  replace(path: string, text: string): Promise<void>;
  move(from: string, to: string): Promise<void>;
  /** Removes a file that may or may not be there. */
  remove(path: string): Promise<void>;
  /** Removes what a writer of a file that was killed has left of it. */
  clearParts(path: string): Promise<void>;
  /**
   * Does work that writes some files while no other process, and nobody else in this one, writes any of them. Readers need
   * not ask. Of a process that dies the files become free again.
   *
   * @throws {InputError} `locked` when another writer holds one for too long, `disk-full`.
   */
  exclusively<T>(paths: readonly string[], work: () => Promise<T>): Promise<T>;
}

/** The text of a file; null when there is no such file. */
export async function textOf(storage: Storage, path: string): Promise<string | null> {
  const bytes = await storage.read(path);
  return bytes === null ? null : new TextDecoder().decode(bytes);
}

/** SHA-256 of a file, hexadecimal; null when there is no such file. */
export async function digestOf(storage: Storage, path: string): Promise<string | null> {
  const bytes = await storage.read(path);
  return bytes === null ? null : sha256OfBytes(bytes);
}

/** SHA-256, hexadecimal. */
export async function sha256OfBytes(bytes: Uint8Array): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>)).toHex();
}
