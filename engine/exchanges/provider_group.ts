import { CodedError, type Outcome } from "../errors/mod.ts";
import { type Clock, systemTimer, type TimestampMs } from "../time/mod.ts";
import type { Exchange } from "./exchange.ts";
import { ProviderHealth } from "./provider_health.ts";
import { withTurnWait } from "./turn_wait.ts";

/** One provider took over from another. */
export interface ProviderSwitch {
  readonly atMs: TimestampMs;
  readonly market: string;
  readonly from: string;
  readonly to: string;
  /** Why: what the one before failed with, or that a preferred one is back. */
  readonly reason: string;
}

/** An answer and who gave it. */
export interface Provided<T> {
  readonly value: T;
  readonly provider: string;
}

/** None of the providers could answer. */
export class NoProvider extends CodedError {
  override readonly name = "NoProvider";
}

/** How something is asked for. */
export interface AskOptions<T> {
  readonly signal?: AbortSignal;
  /** How old an answer is, where that can be told. */
  readonly staleMs?: (value: T) => number;
  /** Pauses after which all are asked again; as many as there are. */
  readonly pausesMs?: readonly number[];
}

const PAUSES_MS: readonly number[] = [500, 2_000, 5_000];

/** Refusals that say that a provider does not have what is asked for, not that it is ill. */
const NOT_THERE: readonly string[] = ["unknown-symbol", "not-supported"];

/**
 * Providers of the same data in order of preference. The first that is well is asked; when it fails, the next one; and the
 * preferred one is asked again once it has rested.
 */
export class ProviderGroup {
  readonly #providers: readonly { readonly exchange: Exchange; readonly health: ProviderHealth }[];
  readonly #clock: Clock;
  readonly #onSwitch: (change: ProviderSwitch) => void;
  readonly #last = new Map<string, string>();

  constructor(exchanges: readonly Exchange[], clock: Clock, onSwitch: (change: ProviderSwitch) => void = () => {}) {
    this.#providers = exchanges.map((exchange) => ({ exchange, health: new ProviderHealth() }));
    this.#clock = clock;
    this.#onSwitch = onSwitch;
  }

  /** Who is in it, the preferred one first, each with its score from 0 to 1. */
  get scores(): readonly { readonly provider: string; readonly score: number }[] {
    return this.#providers.map(({ exchange, health }) => ({ provider: exchange.id, score: health.score }));
  }

  /**
   * Asks for something that changes nothing, of one provider after the other until one gives it, and of all of them again
   * after a pause.
   *
   * @param market What it is of: switches are noticed market by market.
   * @throws {NoProvider} `no-provider` with what each has said; the signal's reason when it is aborted.
   */
  async ask<T>(
    market: string,
    work: (exchange: Exchange) => Promise<Outcome<T>>,
    options: AskOptions<T> = {},
  ): Promise<Provided<T>> {
    const { signal, pausesMs = PAUSES_MS } = options;
    for (const pauseMs of pausesMs) {
      try {
        return await this.#askOnce(market, work, options);
      } catch (error) {
        if (!(error instanceof NoProvider) || error.code !== "no-provider") throw error;
      }
      await systemTimer.wait(pauseMs, signal);
    }
    return await this.#askOnce(market, work, options);
  }

  async #askOnce<T>(
    market: string,
    work: (exchange: Exchange) => Promise<Outcome<T>>,
    { signal, staleMs }: AskOptions<T>,
  ): Promise<Provided<T>> {
    const said: string[] = [];
    let isAnywhere = false;
    for (const { exchange, health } of this.#inTurn()) {
      signal?.throwIfAborted();
      const startMs = performance.now();
      const { value: outcome, waitedMs } = await withTurnWait(() => work(exchange));
      signal?.throwIfAborted(); // what failed because it was stopped says nothing of the provider
      const latencyMs = Math.max(0, performance.now() - startMs - waitedMs);
      if (outcome.kind === "done") {
        const age = staleMs === undefined ? {} : { staleMs: staleMs(outcome.value) };
        health.note({ isSuccess: true, latencyMs, ...age }, this.#clock.now());
        this.#noteSwitch(market, exchange.id, said);
        return { value: outcome.value, provider: exchange.id };
      }
      said.push(`${exchange.id}: ${outcome.reason}`);
      if (outcome.kind === "refused" && NOT_THERE.includes(outcome.code)) continue;
      isAnywhere = true;
      health.note({ isSuccess: false, latencyMs }, this.#clock.now());
    }
    const all = said.join("; ");
    if (!isAnywhere) throw new NoProvider("no-market", `nobody has ${market} (${all}): check its name`);
    throw new NoProvider("no-provider", `nobody gives ${market} (${all}): try again later, it goes on from there`);
  }

  /** Those that are well in order of preference, then those that rest: with nobody else, an ill one is better than none. */
  #inTurn() {
    const nowMs = this.#clock.now();
    const isWell = (own: { health: ProviderHealth }) => own.health.isUsable(nowMs);
    return [...this.#providers.filter(isWell), ...this.#providers.filter((own) => !isWell(own))];
  }

  #noteSwitch(market: string, to: string, said: readonly string[]): void {
    const from = this.#last.get(market) ?? this.#providers[0]!.exchange.id;
    this.#last.set(market, to);
    if (from === to) return;
    const reason = said.length > 0
      ? said.join("; ")
      : this.#rank(to) < this.#rank(from)
      ? "it is back"
      : `${from} rests`;
    this.#onSwitch({ atMs: this.#clock.now(), market, from, to, reason });
  }

  #rank(id: string): number {
    return this.#providers.findIndex(({ exchange }) => exchange.id === id);
  }
}
