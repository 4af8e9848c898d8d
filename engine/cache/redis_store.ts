import { Redis } from "ioredis";
import {
  type CacheStore,
  type ClaimAnswer,
  type Holder,
  type Listener,
  type PutOptions,
  type StoreState,
} from "./cache_store.ts";
import { Deadline, USUAL_DEADLINE_MS } from "./deadline.ts";
import { DAYS_KEPT, MEMBERS_TTL_MS } from "./day_members.ts";
import { type Hint, known, mapHint, unknown } from "./hint.ts";
import { checkedMessage } from "./message_size.ts";
import { REDIS_SCRIPTS, type RedisScriptName } from "./redis_scripts.ts";
import { TopicListeners } from "./topic_listeners.ts";

/** How a Redis is used. */
export interface RedisStoreOptions {
  /** First word of all keys: installations that share a server have different ones. */
  readonly namespace?: string;
  readonly deadlineMs?: number;
}

/** A line that is dead without having been closed is given up after so long. */
const DEAD_LINE_MS = 5_000;
const MOST_RETRY_MS = 1_000;

/**
 * The cache in a Redis. Keys carry the run of the server that they belong to: what an earlier run has left on its disk,
 * however old, is never read, so that a restart always means "emptied".
 */
export class RedisStore implements CacheStore {
  readonly form = "redis";
  readonly #redis: Redis;
  readonly #subscriber: Redis;
  readonly #deadline: Deadline;
  readonly #namespace: string;
  readonly #listeners = new TopicListeners();
  /** Of the server behind the line; null while there is none. */
  #runId: string | null = null;
  /** Why there is none. */
  #lastError = "not connected yet";

  private constructor(url: string, { namespace = "crypto-trader", deadlineMs = USUAL_DEADLINE_MS }: RedisStoreOptions) {
    const options = {
      lazyConnect: true,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      autoResubscribe: false,
      maxRetriesPerRequest: 0,
      connectTimeout: DEAD_LINE_MS,
      socketTimeout: DEAD_LINE_MS,
      retryStrategy: (times: number) => Math.min(50 * times, MOST_RETRY_MS),
    };
    this.#namespace = namespace;
    this.#deadline = new Deadline("Redis", deadlineMs);
    this.#redis = new Redis(url, options);
    // A subscriber is told nothing for hours, so its line is tried by keep-alive packets.
    this.#subscriber = new Redis(url, { ...options, socketTimeout: undefined, keepAlive: DEAD_LINE_MS });
    for (const [name, script] of Object.entries(REDIS_SCRIPTS)) this.#redis.defineCommand(name, script);
    for (const line of [this.#redis, this.#subscriber]) line.on("error", (error) => this.#lastError = error.message);
    this.#redis.on("ready", () => void this.#learnRun());
    this.#redis.on("close", () => this.#runId = null);
    this.#subscriber.on("message", (channel, text) => this.#listeners.message(this.#topicOf(channel), text));
    this.#subscriber.on("ready", () => void this.#resubscribe());
  }

  /** A store that connects, and goes on trying where it cannot. */
  static async open(url: string, options: RedisStoreOptions = {}): Promise<RedisStore> {
    const store = new RedisStore(url, options);
    await Promise.all([store.#redis, store.#subscriber].map((line) => line.connect().catch(() => {})));
    await store.#learnRun();
    return store;
  }

  async put(key: string, text: string, { ttlMs, order, topic }: PutOptions): Promise<Hint<boolean>> {
    if (topic !== undefined) checkedMessage(text);
    const channel = topic === undefined ? "" : this.#channel(topic);
    return mapHint(
      await this.#script("ctPut", (name) => [name(key), name(indexOf(key)), text, ttlMs, order ?? "", channel]),
      (put) => put === 1,
    );
  }

  get(key: string): Promise<Hint<string | null>> {
    return this.#ask((redis, name) => redis.hget(name(key), "text"));
  }

  list(folder: string): Promise<Hint<ReadonlyMap<string, string>>> {
    return this.#ask(async (redis, name) => {
      const names = await this.#index(folder), texts = await Promise.all(names.map((own) => redis.hget(own, "text")));
      return new Map(names.flatMap((own, i) => texts[i] === null ? [] : [[own.slice(name("").length), texts[i]]]));
    });
  }

  remove(key: string): Promise<Hint<boolean>> {
    return this.#ask(async (redis, name) => await redis.del(name(key)) === 1);
  }

  async swap(key: string, expected: string | null, text: string, ttlMs: number): Promise<Hint<boolean>> {
    const isExpected = expected === null ? 0 : 1;
    return mapHint(
      await this.#script("ctSwap", (name) => [name(key), isExpected, expected ?? "", text, ttlMs]),
      (put) => put === 1,
    );
  }

  async claim(key: string, owner: string, about: string, ttlMs: number): Promise<Hint<ClaimAnswer>> {
    const answer = await this.#script("ctClaim", (name) => [name(key), name(indexOf(key)), owner, about, ttlMs]);
    return mapHint(answer, (parts) => {
      const [kind, ...holder] = parts as [ClaimAnswer["kind"], ...string[]];
      return { kind, holder: holderOf(holder) };
    });
  }

  async release(key: string, owner: string): Promise<Hint<boolean>> {
    return mapHint(await this.#script("ctRelease", (name) => [name(key), owner]), (released) => released === 1);
  }

  holders(folder: string): Promise<Hint<ReadonlyMap<string, Holder>>> {
    return this.#ask(async (redis, name) => {
      const names = await this.#index(folder);
      const found = await Promise.all(names.map((own) => run(redis, "ctHolder", [own])));
      return new Map(names.flatMap((own, i) => {
        return found[i] === null ? [] : [[own.slice(name("").length), holderOf(found[i] as string[])]];
      }));
    });
  }

  async add(key: string, day: number, members: readonly string[], how: "known" | "restore"): Promise<Hint<number>> {
    const restores = how === "restore" ? 1 : 0;
    return counted(
      await this.#script("ctAdd", (name) => [name(key), day, restores, MEMBERS_TTL_MS, DAYS_KEPT, ...members]),
    );
  }

  async count(key: string, day: number): Promise<Hint<number>> {
    return counted(await this.#script("ctCount", (name) => [name(key), day]));
  }

  async publish(topic: string, text: string): Promise<Hint<void>> {
    checkedMessage(text);
    return mapHint(await this.#ask((redis) => redis.publish(this.#channel(topic), text)), () => {});
  }

  async subscribe(topic: string, listener: Listener): Promise<Hint<void>> {
    this.#listeners.add(topic, listener);
    return mapHint(await this.#deadline.hint(() => this.#subscriber.subscribe(this.#channel(topic))), () => {});
  }

  async unsubscribe(topic: string, listener: Listener): Promise<void> {
    if (!this.#listeners.remove(topic, listener)) return;
    await this.#deadline.hint(() => this.#subscriber.unsubscribe(this.#channel(topic)));
  }

  async state(): Promise<Hint<StoreState>> {
    const startMs = performance.now();
    return mapHint(await this.#ask((redis) => redis.info("server")), (text) => ({
      version: /redis_version:(\S+)/.exec(text)?.[1] ?? "unknown",
      latencyMs: performance.now() - startMs,
    }));
  }

  close(): Promise<void> {
    this.#redis.disconnect();
    this.#subscriber.disconnect();
    return Promise.resolve();
  }

  #channel(topic: string): string {
    return `${this.#namespace}/${topic}`;
  }

  #topicOf(channel: string): string {
    return channel.slice(this.#namespace.length + 1);
  }

  async #learnRun(): Promise<void> {
    const answer = await this.#deadline.hint(() => this.#redis.info("server"));
    if (answer.kind === "known") this.#runId = /run_id:(\S+)/.exec(answer.value)?.[1] ?? null;
  }

  /** Also what was asked for while nobody was there. */
  async #resubscribe(): Promise<void> {
    const channels = this.#listeners.topics.map((topic) => this.#channel(topic));
    if (channels.length > 0) await this.#subscriber.subscribe(...channels).catch(() => {}); // lost again: once more then
    this.#listeners.missed();
  }

  #index(folder: string): Promise<string[]> {
    return run(this.#redis, "ctIndex", [this.#name(indexOf(`${folder}/`))]) as Promise<string[]>;
  }

  #name(key: string): string {
    return `${this.#namespace}/${this.#runId}/${key}`;
  }

  #ask<T>(question: (redis: Redis, name: (key: string) => string) => Promise<T>): Promise<Hint<T>> {
    if (this.#runId === null) return Promise.resolve(unknown("away", `Redis is away: ${this.#lastError}`));
    return this.#deadline.hint(() => question(this.#redis, (key) => this.#name(key)));
  }

  #script(script: RedisScriptName, args: (name: (key: string) => string) => (string | number)[]) {
    return this.#ask((redis, name) => run(redis, script, args(name)));
  }
}

function run(redis: Redis, script: RedisScriptName, args: readonly (string | number)[]): Promise<unknown> {
  type Command = (...args: (string | number)[]) => Promise<unknown>;
  return (redis as unknown as Record<RedisScriptName, Command>)[script](...args);
}

/** The key of the list of a folder's keys. */
function indexOf(key: string): string {
  return `index/${key.slice(0, key.indexOf("/"))}`;
}

function holderOf([owner, about, sinceMs, expiresInMs]: readonly string[]): Holder {
  return { owner: owner!, about: about!, sinceMs: Number(sinceMs), expiresInMs: Number(expiresInMs) };
}

function counted(answer: Hint<unknown>): Hint<number> {
  if (answer.kind === "unknown") return answer;
  if (answer.value === -1) return unknown("emptied", "Redis has lost the members of that day, or never had them");
  return known(Number(answer.value));
}
