import type { AccountPath } from "./account_path.ts";
import type { BlockExtremes } from "./block_extremes.ts";
import type { EquityFollower } from "./equity_follower.ts";
import type { ColumnHistory } from "./history.ts";
import { KernelRecord, type TrialKernels } from "./trial_kernels.ts";
import { DAY_MS } from "../../time/mod.ts";

/** Numbers of the record `Equity` in equity.as, in its order. */
const enum At {
  maxDrawdownFraction,
  longestUnderwaterDays,
  leastEquity,
  sum,
  barReturns,
  barSquares,
  cash,
  quantity,
  before,
  dayEquity,
  peak,
  peakMs,
  floor,
  reference,
  startMs,
  firstMs,
  stepMs,
  count,
}

/** Its whole numbers. */
const enum Whole {
  heldRows,
  row,
  day,
  days,
  isBelow,
  perBar,
  firstRow,
  table,
  closeTimeMs,
  dayRows,
  dailyReturns,
  close,
  count,
}

/** {@linkcode EquityRecord} by the kernel: the same bits, in a third of the time. */
export class EquityKernel implements EquityFollower {
  readonly record: KernelRecord;
  readonly dailyReturns: Float64Array;

  constructor(readonly history: ColumnHistory, readonly perBar: boolean, readonly kernels: TrialKernels) {
    const { memory, dayRows, times, close, firstRow, reference, startMs } = history;
    this.record = new KernelRecord(memory, At.count, Whole.count);
    this.dailyReturns = memory.numbers(dayRows.length);
    const { numbers, integers } = this.record;
    numbers[At.reference] = reference;
    numbers[At.startMs] = startMs;
    numbers[At.firstMs] = times.firstMs;
    numbers[At.stepMs] = times.stepMs;
    integers[Whole.days] = dayRows.length;
    integers[Whole.perBar] = perBar ? 1 : 0;
    integers[Whole.firstRow] = firstRow;
    integers[Whole.closeTimeMs] = times.listed.byteOffset;
    integers[Whole.dayRows] = dayRows.byteOffset;
    integers[Whole.dailyReturns] = this.dailyReturns.byteOffset;
    integers[Whole.close] = blocksRecord(history, close);
  }

  begin(cash: number): void {
    const { numbers, integers } = this.record;
    numbers.fill(0, 0, At.reference);
    for (const at of [At.leastEquity, At.peak, At.floor, At.dayEquity, At.cash, At.before]) numbers[at] = cash;
    integers[Whole.row] = this.history.firstRow;
    integers[Whole.heldRows] = integers[Whole.day] = integers[Whole.isBelow] = 0;
  }

  follow(path: AccountPath, end: number): void {
    this.record.integers[Whole.table] = this.history.table.byteOffset;
    const { rows, cash, quantity, length } = path;
    this.kernels.follow(this.record.address, rows.byteOffset, cash.byteOffset, quantity.byteOffset, length, end);
    path.length = 0;
  }

  finish(): void {
    const { numbers, integers } = this.record, { candles: { length }, times } = this.history;
    if (integers[Whole.isBelow] === 0) return;
    const days = (times.at(length - 1) - numbers[At.peakMs]!) / DAY_MS;
    if (days > this.longestUnderwaterDays) numbers[At.longestUnderwaterDays] = days;
  }

  get maxDrawdownFraction(): number {
    return this.record.numbers[At.maxDrawdownFraction]!;
  }

  get longestUnderwaterDays(): number {
    return this.record.numbers[At.longestUnderwaterDays]!;
  }

  get leastEquity(): number {
    return this.record.numbers[At.leastEquity]!;
  }

  get sum(): number {
    return this.record.numbers[At.sum]!;
  }

  get heldRows(): number {
    return this.record.integers[Whole.heldRows]!;
  }

  get barReturns(): number {
    return this.record.numbers[At.barReturns]!;
  }

  get barSquares(): number {
    return this.record.numbers[At.barSquares]!;
  }

  /** Held at the last row, signed base units. */
  get quantity(): number {
    return this.record.numbers[At.quantity]!;
  }

  get finalEquity(): number {
    const { numbers } = this.record, { candles: { close, length }, firstRow } = this.history;
    const cash = numbers[At.cash]!, quantity = numbers[At.quantity]!;
    return quantity === 0 || length === firstRow ? cash : cash + quantity * close[length - 1]!;
  }
}

const known = new WeakMap<BlockExtremes, number>();

/** The address of the record `Blocks` for some extremes. */
export function blocksRecord({ memory }: ColumnHistory, blocks: BlockExtremes): number {
  let address = known.get(blocks);
  if (address === undefined) {
    const { values, fineLeast, fineMost, coarseLeast, coarseMost } = blocks;
    const record = new KernelRecord(memory, 0, 5);
    record.integers.set([values, fineLeast, fineMost, coarseLeast, coarseMost].map(({ byteOffset }) => byteOffset));
    known.set(blocks, address = record.address);
  }
  return address;
}
