// The price that a decision is taken to get: one that can still be had once the decision is known.
import { ALTERATION_TEXT } from "./altered_future.ts";
import { type AlterableData, closeTimeOf } from "./leak_data.ts";
import type { LeakEvidence, LeakFinding } from "./leak_report.ts";
import { PipelineRun } from "./pipeline_run.ts";
import { placeOf } from "./source_place.ts";
import { differs } from "./value_difference.ts";

const PRICE = { kind: "price", name: "price" } as const, DECISION = { kind: "decision", name: "decide" } as const;
const SAMPLED_TRADES = 24, MOST_EVIDENCE = 3;
/** Prices this close are the same: some round to a tick. One column may hold a slippage that is meant for entries. */
const SAME_SHARE = 1e-6, SLIPPAGE_SHARE = 1e-3;

/** An order of the pipeline: the row of its price and the last candle that its decision has seen. */
interface Order {
  readonly row: number;
  readonly decidedRow: number;
  /** 1 buys, −1 sells, 0 where nothing says which. */
  readonly side: number;
  readonly isExit: boolean;
}

/** Judges the prices of a pipeline's decisions. */
export class PriceJudge {
  runs = 0;

  constructor(readonly base: PipelineRun, readonly data: AlterableData) {}

  findings(): LeakFinding[] {
    if (this.base.pipeline.price === undefined) return [];
    const orders = this.#orders(), price = this.base.column(PRICE);
    const passed = orders.filter((order) => this.#isPassed(order, price[order.row]!));
    if (passed.length > 0) {
      return [this.#finding(
        "is one that the market had left before the decision was known: use that close, the next open, or a price that waits",
        passed.slice(0, MOST_EVIDENCE).map((order) => this.#evidence(order, price[order.row]!, this.#nearest(order))),
      )];
    }
    const step = Math.max(1, Math.floor(orders.length / SAMPLED_TRADES));
    const chosen = orders.filter((_, i) => i % step === 0).flatMap((order) => {
      const after = this.#withOtherInside(order), before = price[order.row]!;
      // Whether a price that waits is reached at all is decided inside the next candle.
      return Number.isNaN(after) || Number.isNaN(before) || !differs(before, after, 0)
        ? []
        : [this.#evidence(order, before, after)];
    });
    if (chosen.length === 0) return [];
    return [this.#finding(
      "is chosen by the way of the next candle after its open: it can be known only once that candle has closed",
      chosen.slice(0, MOST_EVIDENCE),
    )];
  }

  #orders(): Order[] {
    const { length } = this.data.given.candles, price = this.base.column(PRICE), { decide } = this.base.pipeline;
    const signal = decide === undefined ? null : this.base.column(DECISION);
    const rows: Omit<Order, "decidedRow">[] = [];
    for (let row = 1; row < length - 1; row++) {
      if (Number.isNaN(price[row])) continue;
      const after = signal === null ? 0 : Math.sign(signal[row]! || 0), before = Math.sign(signal?.[row - 1] || 0);
      if (signal === null || after !== before) rows.push({ row, side: Math.sign(after - before), isExit: after === 0 });
    }
    const delay = signal !== null && this.#isDelayed(rows.map(({ row }) => row), signal) ? 1 : 0;
    return rows.map((own) => ({ ...own, decidedRow: own.row - delay }));
  }

  /** True where decisions do not see the candle of their own row: they were shifted, and fill in it. */
  #isDelayed(rows: readonly number[], signal: Float64Array): boolean {
    const step = Math.max(1, Math.floor(rows.length / SAMPLED_TRADES));
    return rows.every((row, i) =>
      i % step !== 0 || (["inverted", "extreme"] as const).every((how) => {
        const run = this.#run(() => this.data.altered(row - 1, how), row - 1);
        return run === null || !differs(signal[row]!, run.column(DECISION)[row]!, 0);
      })
    );
  }

  #withOtherInside({ row, decidedRow }: Order): number {
    const run = this.#run(() => this.data.alteredInside(decidedRow), decidedRow);
    return run === null ? NaN : run.column(PRICE)[row]!;
  }

  #run(make: () => PipelineRun["data"], cut: number): PipelineRun | null {
    this.runs++;
    try {
      const frozen = { run: this.base, cut, horizonOf: () => 0 };
      const run = new PipelineRun(this.base.pipeline, make(), this.base.categories, { frozen });
      run.column(PRICE);
      if (this.base.pipeline.decide !== undefined) run.column(DECISION);
      return run;
    } catch {
      return null; // The user's code can make nothing of it; other alterations tell.
    } finally {
      this.data.restore();
    }
  }

  /** True for a price better than all that could be had at the decision's close and after it. */
  #isPassed({ decidedRow, side, isExit }: Order, price: number): boolean {
    const { close, low, high } = this.data.given.candles, next = decidedRow + 1;
    const least = Math.min(close[decidedRow]!, low[next]!), most = Math.max(close[decidedRow]!, high[next]!);
    const same = isExit ? SLIPPAGE_SHARE : SAME_SHARE;
    return (side >= 0 && price < least * (1 - same)) || (side <= 0 && price > most * (1 + same));
  }

  #nearest({ decidedRow, side }: Order): string {
    const { close, low, high } = this.data.given.candles, at = close[decidedRow]!, next = decidedRow + 1;
    return `close ${at}, then ${side > 0 ? `no lower than ${low[next]}` : `no higher than ${high[next]}`}`;
  }

  #evidence({ row, decidedRow }: Order, before: number, after: unknown): LeakEvidence {
    return {
      row,
      decidedAtMs: closeTimeOf(this.data.given.candles, decidedRow),
      before,
      after,
      alteration: typeof after === "number"
        ? `${ALTERATION_TEXT.noise} inside the next candle`
        : "none: the candles show it",
      alteredFromRow: decidedRow + 1,
    };
  }

  #finding(what: string, evidence: readonly LeakEvidence[]): LeakFinding {
    const { price } = this.base.pipeline, [first] = evidence;
    return {
      kind: "price",
      name: "price",
      place: placeOf(price, (wire) => price!(wire as never, wire as never)),
      message: `the price of a decision ${what}`,
      fromRow: first!.row,
      fromTimeMs: first!.decidedAtMs,
      lookAheadCandles: null,
      wholeHistory: false,
      evidence,
    };
  }
}
