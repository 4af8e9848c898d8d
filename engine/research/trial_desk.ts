// Hands the trials of a study out in chunks, and takes them back in their order.
import { type ColumnMoney, plainRules, type RunSpec, type TrialCandles } from "../backtest/mod.ts";
import type { ChunkQueue, ChunkStudy } from "./chunk_queue.ts";
import type { GridPoint } from "./parameter_grid.ts";
import type { SweepTrial, TrialCertificate } from "./study.ts";
import { studyTerms, TrialTrader } from "./trial_trader.ts";

/**
 * Trials that are traded together over columns, at most: many, as those of a grid share most of what they look at. Candle by
 * candle they share nothing: few, so that each step is soon seen, kept and interrupted.
 */
const MOST_TOGETHER = 1_024, MOST_BY_EVENTS = 16;

/** Trades the trials of one study, elsewhere where there is a queue. */
export class TrialDesk {
  readonly #study: ChunkStudy;
  readonly #own: TrialTrader;

  constructor(
    spec: RunSpec,
    candles: TrialCandles,
    how: { readonly money: ColumnMoney; readonly perBar: boolean },
    readonly queue: ChunkQueue | null,
  ) {
    this.#study = { spec, candles, ...how };
    this.#own = new TrialTrader(this.#study);
  }

  /** Batch after batch in the order of the points, while there are some and it may go on. */
  async *batches(points: readonly GridPoint[], mayGoOn: () => boolean): AsyncGenerator<SweepTrial[]> {
    const { queue } = this;
    const most = this.#isOverColumns(points) ? MOST_TOGETHER : MOST_BY_EVENTS;
    const size = Math.min(most, queue === null ? most : Math.ceil(points.length / queue.size));
    // So many are on their way that each place has another one to go on with.
    const ahead = queue === null ? 1 : 2 * queue.size, running: Promise<SweepTrial[]>[] = [];
    for (let at = 0; at < points.length || running.length > 0;) {
      while (running.length < ahead && at < points.length && mayGoOn()) {
        const chunk = this.#trade(points.slice(at, at + size));
        chunk.catch(() => {}); // one that fails while an earlier one is waited for is heard of when its turn comes
        running.push(chunk);
        at += size;
      }
      const next = running.shift();
      if (next === undefined) return;
      yield await next;
    }
  }

  /** Of all points as of the first: what differs between those of a grid are its parameters. */
  #isOverColumns([first]: readonly GridPoint[]): boolean {
    return first !== undefined && "terms" in studyTerms(this.#study) && typeof plainRules(first.strategy) !== "string";
  }

  async #trade(points: readonly GridPoint[]): Promise<SweepTrial[]> {
    if (this.queue === null) return this.#own.trade(points);
    const made = await this.queue.trade({ study: this.#study, points });
    const left = this.#own.trade(points.filter((_, i) => made[i] === null));
    return made.map((trial) => trial ?? left.shift()!);
  }

  /** Runs a trial again candle by candle, and says what differs. */
  certify(trial: SweepTrial, point: GridPoint): TrialCertificate {
    return this.#own.certify(trial, point);
  }

  /** Gives its memory back once it has nothing more to do. */
  release(): void {
    this.#own.release();
  }
}
