// Privileged acts of commands and tasks, told to the audit chain before they are done.
import { hostname } from "node:os";
import { openDatabase, type Sql } from "../engine/database/mod.ts";
import { identityOf, sha256Hex } from "../engine/identity/mod.ts";
import { AuditLog } from "../engine/security/mod.ts";
import type { Settings } from "../engine/settings/mod.ts";
import { systemClock } from "../engine/time/mod.ts";
import { readSettings } from "./settings.ts";

/** An act, with what was there before and what is there after it; both are kept as hashes only. */
export interface PrivilegedAct {
  readonly action: string;
  readonly subject: string;
  readonly before?: unknown;
  readonly after?: unknown;
  /** Permission mode of the account that is meant; `research` where there is none. */
  readonly mode?: string;
  /** Who does it, where that is not a person at this machine. */
  readonly actor?: string;
}

/** Which database a chain is in, and where its anchors are. */
export type AuditPlace = Pick<Settings, "dataDir" | "databaseUrl">;

/** The file of a chain's anchors: one for each database, as settings may change which one is used. */
export function anchorsOf({ dataDir, databaseUrl }: AuditPlace): string {
  const place = databaseUrl?.reveal().replace(/^\w+:\/\/([^/?#]*@)?/, "").replace(/[?#].*$/, "");
  return `${dataDir}/audit/${place === undefined ? "embedded" : sha256Hex(place).slice(0, 12)}.jsonl`;
}

/** The chain of a database that is open. */
export function auditLogOn(sql: Sql, place: AuditPlace): AuditLog {
  return new AuditLog(sql, anchorsOf(place), systemClock);
}

/** Tells an act to the chain of an open database, then does it. Settings that have changed since the last act are told first. */
export async function toldTo<T>(sql: Sql, place: AuditPlace, act: PrivilegedAct, work: () => Promise<T>): Promise<T> {
  const log = auditLogOn(sql, place);
  await tellSettings(log, readSettings().values);
  return await log.during(told(act), work);
}

/** The same, for who has no database open. */
export async function audited<T>(act: PrivilegedAct, work: () => Promise<T>): Promise<T> {
  const settings = readSettings().values;
  const database = await openDatabase(settings, { applicationName: "crypto-trader audit" });
  try {
    return await toldTo(database.sql, settings, act, work);
  } finally {
    await database.close();
  }
}

/** Tells of one that is done already, since there was nothing before it that could have been told. */
export async function tellAfterwards(sql: Sql, place: AuditPlace, act: PrivilegedAct): Promise<void> {
  await auditLogOn(sql, place).append(told(act));
}

const SETTINGS = "settings.change";

async function tellSettings(log: AuditLog, settings: Settings): Promise<void> {
  const beforeHash = (await log.newest(SETTINGS))?.afterHash ?? null, afterHash = identityOf(plain(settings));
  if (beforeHash === afterHash) return;
  await log.append({ ...told({ action: SETTINGS, subject: "settings" }), beforeHash, afterHash });
}

function told({ action, subject, before, after, mode = "research", actor = person() }: PrivilegedAct) {
  return { actor, mode, action, subject, beforeHash: hashOf(before), afterHash: hashOf(after) };
}

function person(): string {
  return `uid ${Deno.uid() ?? "unknown"} at ${hostname()}`;
}

function hashOf(state: unknown): string | null {
  return state === undefined ? null : identityOf(plain(state));
}

/** As JSON has it: a secret is its name and fingerprint there. */
function plain(state: unknown): unknown {
  return JSON.parse(JSON.stringify(state));
}
