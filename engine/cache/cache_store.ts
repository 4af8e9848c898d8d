// The port of the pair: Redis, and tables where there is none. Both keep text under keys and do each of these in one step,
// so that what stands on them (registry, counts, sessions, market, budget) is written once.
import type { Hint } from "./hint.ts";

/** How a value is put. */
export interface PutOptions {
  /** It is forgotten after so long, unless it is put again. */
  readonly ttlMs: number;
  /** Not put where the one that is there has a greater one: the newest stays, however late the older ones come. */
  readonly order?: number;
  /** Whoever subscribes to it hears of the value once it is put. */
  readonly topic?: string;
}

/** Who holds a claim. */
export interface Holder {
  readonly owner: string;
  /** What the owner says of itself, as it was given. */
  readonly about: string;
  /** Since when, by the store's clock. */
  readonly sinceMs: number;
  /** The claim lapses then unless it is renewed. */
  readonly expiresInMs: number;
}

/** What became of a claim; `renewed` says that the owner held it already. */
export interface ClaimAnswer {
  readonly kind: "taken" | "renewed" | "refused";
  readonly holder: Holder;
}

/** What hears of messages: each of them, and that some may have been missed while the line was lost. */
export interface Listener {
  message(topic: string, text: string): void;
  missed(): void;
}

/** What a store says of itself. */
export interface StoreState {
  readonly version: string;
  /** How long the question took, milliseconds. */
  readonly latencyMs: number;
}

/** Keeps what may be lost. Every call ends within the store's deadline; none throws because the store is away. */
export interface CacheStore {
  readonly form: "redis" | "tables";
  /** False where a newer one is there. */
  put(key: string, text: string, options: PutOptions): Promise<Hint<boolean>>;
  get(key: string): Promise<Hint<string | null>>;
  /** Texts of all keys of a folder (`folder/…`), by key. */
  list(folder: string): Promise<Hint<ReadonlyMap<string, string>>>;
  remove(key: string): Promise<Hint<boolean>>;
  /** Puts a text where the present one is `expected` (null: none); false where it is not. */
  swap(key: string, expected: string | null, text: string, ttlMs: number): Promise<Hint<boolean>>;
  /** Takes or renews a claim, unless another owner has it. */
  claim(key: string, owner: string, about: string, ttlMs: number): Promise<Hint<ClaimAnswer>>;
  /** False where the owner does not hold it. */
  release(key: string, owner: string): Promise<Hint<boolean>>;
  /** Holders of all claims of a folder, by key. */
  holders(folder: string): Promise<Hint<ReadonlyMap<string, Holder>>>;
  /** Adds members to the set of a day, each counted on its first day only, and tells how many that day has. */
  add(key: string, day: number, members: readonly string[], how: "known" | "restore"): Promise<Hint<number>>;
  /** Members of a day; `emptied` where nobody has restored the set since it was lost. */
  count(key: string, day: number): Promise<Hint<number>>;
  /** @throws {InputError} `message` of a text that is too long. */
  publish(topic: string, text: string): Promise<Hint<void>>;
  /** Hears a topic from now on; the line is kept, and made again when it is lost. */
  subscribe(topic: string, listener: Listener): Promise<Hint<void>>;
  unsubscribe(topic: string, listener: Listener): Promise<void>;
  state(): Promise<Hint<StoreState>>;
  close(): Promise<void>;
}
