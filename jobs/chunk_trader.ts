// Trades chunks that come from another process, on the candles of the lake here.
import { ENGINE_VERSION, type RunManifest, type TrialCandles } from "../engine/backtest/mod.ts";
import { CodedError, InputError } from "../engine/errors/mod.ts";
import { runCandles, runFeeds } from "../engine/lake/mod.ts";
import { type SweepTrial, TrialTrader } from "../engine/research/mod.ts";
import type { TimestampMs } from "../engine/time/mod.ts";
import type { SentPoint, SentStudy } from "./chunk_message.ts";
import { lakePlace } from "./lake_place.ts";
import { findStrategy } from "./registry.ts";

/** Points that are traded without a pause in which others of this process are heard. */
const AT_ONCE = 16;

/** Trades the chunks of one study after another; makes sure that candles, code and engine are those that are meant. */
export class ChunkTrader {
  #trader: TrialTrader | null = null;

  constructor(readonly dataDir: string) {}

  /** Turns to another study. @throws {CodedError} `worker` or `candles` where it is not the same here. */
  async take(study: SentStudy): Promise<void> {
    this.#trader?.release();
    this.#trader = null;
    this.#trader = await traderOf(study, this.dataDir);
  }

  /** The trials of some points of the study. */
  trade(points: readonly SentPoint[]): SweepTrial[] {
    return this.#trader!.trade(points.map(boundPoint));
  }

  /** The same, with pauses: a long chunk must not make this process deaf. @throws The signal's reason once it is aborted. */
  async tradeInTurns(points: readonly SentPoint[], signal: AbortSignal): Promise<SweepTrial[]> {
    const trials: SweepTrial[] = [], trader = this.#trader!;
    for (let at = 0; at < points.length; at += AT_ONCE) {
      trials.push(...trader.trade(points.slice(at, at + AT_ONCE).map(boundPoint)));
      await new Promise((resolve) => setTimeout(resolve));
      signal.throwIfAborted();
    }
    return trials;
  }
}

async function traderOf(study: SentStudy, dataDir: string): Promise<TrialTrader> {
  const { spec, money, perBar, data, tradeFromMs, engineVersion } = study;
  if (engineVersion !== ENGINE_VERSION) {
    throw new CodedError(
      "worker",
      `it asks for engine ${engineVersion}, and this is ${ENGINE_VERSION}: update one of them`,
    );
  }
  const manifest = { ...spec, run: { data } } as unknown as RunManifest;
  const lake = lakePlace(dataDir), used = await runCandles(lake, manifest), feeds = await runFeeds(lake, manifest);
  if (used === null || feeds === null) {
    throw new InputError(
      "candles",
      `the lake in ${dataDir} has other candles than the study: let both read the same one`,
    );
  }
  const candles: TrialCandles = { used, tradeFromMs: tradeFromMs as TimestampMs, functions: {}, feeds };
  return new TrialTrader({ spec, candles, money, perBar });
}

function boundPoint({ index, strategy, params, hash }: SentPoint) {
  const bound = findStrategy(strategy).bind(params);
  if (bound.hash === hash) return { index, params, strategy: bound };
  throw new CodedError("worker", `its strategy ${strategy} has other rules: let both run the same code`);
}
