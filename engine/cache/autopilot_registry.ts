import type { CacheStore, Holder } from "./cache_store.ts";
import { type Hint, mapHint } from "./hint.ts";

/** What an autopilot says of itself, for whoever is refused because of it. */
export interface AutopilotAbout {
  readonly host: string;
  readonly pid: number;
  /** As in `paper` or `live`. */
  readonly mode: string;
}

/** Who runs an autopilot. */
export interface AutopilotHolder extends AutopilotAbout {
  /** Unique for each start of a process. */
  readonly owner: string;
  readonly sinceMs: number;
  readonly expiresInMs: number;
}

/** `taken`: it was free. `renewed`: the owner held it before. `refused`: somebody else does. */
export interface AutopilotClaim {
  readonly kind: "taken" | "renewed" | "refused";
  readonly holder: AutopilotHolder;
}

const FOLDER = "autopilot";

/**
 * Which autopilots run, and where: the quick answer to "is it running already?". It is a hint: what keeps a second one
 * from trading is the lease with its epoch in the database (I7).
 */
export class AutopilotRegistry {
  constructor(readonly store: CacheStore) {}

  /** Takes an autopilot's place, or keeps it: a claim lapses after `ttlMs` unless it is made again. */
  async claim(name: string, owner: string, about: AutopilotAbout, ttlMs: number): Promise<Hint<AutopilotClaim>> {
    const answer = await this.store.claim(`${FOLDER}/${name}`, owner, JSON.stringify(about), ttlMs);
    return mapHint(answer, ({ kind, holder }) => ({ kind, holder: holderOf(holder) }));
  }

  /** Gives the place up; false where the owner does not have it. */
  release(name: string, owner: string): Promise<Hint<boolean>> {
    return this.store.release(`${FOLDER}/${name}`, owner);
  }

  /** All that run, by name. */
  async running(): Promise<Hint<ReadonlyMap<string, AutopilotHolder>>> {
    return mapHint(await this.store.holders(FOLDER), (holders) =>
      new Map(
        Array.from(holders, ([key, holder]) => [key.slice(FOLDER.length + 1), holderOf(holder)]),
      ));
  }
}

/** Who runs it, in words. */
export function holderText({ host, pid, mode, sinceMs }: AutopilotHolder): string {
  return `process ${pid} on ${host} in mode ${mode}, since ${new Date(sinceMs).toISOString()}`;
}

function holderOf({ owner, about, sinceMs, expiresInMs }: Holder): AutopilotHolder {
  return { ...JSON.parse(about) as AutopilotAbout, owner, sinceMs, expiresInMs };
}
