// Hands the trials of a study out in chunks, and takes them back in their order.
import { type ColumnMoney, plainRules, type RunSpec, type TrialCandles } from "../backtest/mod.ts";
import type { ChunkQueue, ChunkStudy } from "./chunk_queue.ts";
import type { ParameterValue } from "../strategies/mod.ts";
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
    const places = this.queue?.size ?? 1, overColumns = this.#isOverColumns(points);
    const most = overColumns ? MOST_TOGETHER : MOST_BY_EVENTS;
    const size = Math.min(most, Math.ceil(points.length / places));
    // Over columns a chunk for each place at once, so that they can be dealt out by what they share.
    const together = overColumns ? places : 1;
    // So many are on their way that each place has another one to go on with.
    const ahead = this.queue === null ? 1 : 2 * places / together, running: Promise<SweepTrial[]>[] = [];
    for (let at = 0; at < points.length || running.length > 0;) {
      while (running.length < ahead && at < points.length && mayGoOn()) {
        const batch = this.#tradeAll(points.slice(at, at + size * together), together);
        batch.catch(() => {}); // one that fails while an earlier one is waited for is heard of when its turn comes
        running.push(batch);
        at += size * together;
      }
      const next = running.shift();
      if (next === undefined) return;
      yield await next;
    }
  }

  /** The trials of some points in their order, traded in so many chunks. */
  async #tradeAll(points: readonly GridPoint[], chunks: number): Promise<SweepTrial[]> {
    const traded = await Promise.all(dealt(points, chunks).map((chunk) => this.#trade(chunk)));
    const byIndex = new Map(traded.flat().map((trial) => [trial.index, trial]));
    return points.map(({ index }) => byIndex.get(index)!);
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

/**
 * Points in so many chunks of one size. Those that have the same value of the parameter with the most values go together: they
 * share what depends on it, and each chunk has to compute less.
 */
function dealt(points: readonly GridPoint[], chunks: number): GridPoint[][] {
  if (chunks === 1) return [[...points]];
  let groups = new Map<ParameterValue, GridPoint[]>();
  for (const name of Object.keys(points[0]!.params)) {
    const own = Map.groupBy(points, ({ params }) => params[name]!);
    if (own.size > groups.size) groups = own;
  }
  const sorted = [...groups.values()].flat(), size = Math.ceil(sorted.length / chunks);
  return Array.from({ length: Math.ceil(sorted.length / size) }, (_, i) => sorted.slice(i * size, (i + 1) * size));
}
