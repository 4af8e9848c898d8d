import { assert, AssertionError } from "../../errors/mod.ts";
import { AMOUNT_DECIMALS, decimalToNumber } from "../../money/mod.ts";
import type { PlainSizing } from "../../orders/mod.ts";
import { Series } from "../../series/mod.ts";
import type { Protection } from "../../strategies/mod.ts";
import type { ColumnTerms } from "./column_terms.ts";
import type { TrialSignals } from "./column_signals.ts";
import { blocksRecord, EquityKernel } from "./equity_kernel.ts";
import type { ColumnHistory } from "./history.ts";
import type { PlainRules } from "./plain_rules.ts";
import type { TradeSums } from "./trade_tally.ts";
import { KernelRecord, type TrialKernels } from "./trial_kernels.ts";

/** Numbers of the record `Trial` in trial.as, in its order. */
const enum At {
  minNotional,
  leverage,
  makerFraction,
  takerFraction,
  slippageFraction,
  reserveFraction,
  contractSize,
  size,
  stop,
  target,
  won,
  lost,
  fees,
  traded,
  entryPrice,
  tradeFees,
  stopPrice,
  targetPrice,
  count,
}

/** Its whole numbers. */
const enum Whole {
  trades,
  wins,
  row,
  entryRow,
  side,
  usesMargin,
  sizing,
  stopKind,
  targetKind,
  wants,
  wantsLong,
  wantsShort,
  leavesLong,
  leavesShort,
  equity,
  high,
  low,
  count,
}

/** {@linkcode ColumnTrial} with {@linkcode UnroundedAccount} by the kernel: the same bits. */
export class TrialKernel {
  readonly equity: EquityKernel;
  readonly record: KernelRecord;
  readonly #start: number;

  constructor(readonly history: ColumnHistory, terms: ColumnTerms, perBar: boolean, kernels: TrialKernels) {
    const { memory } = history;
    this.equity = new EquityKernel(history, perBar, kernels);
    this.record = new KernelRecord(memory, At.count, Whole.count);
    this.#start = decimalToNumber(terms.cash, AMOUNT_DECIMALS);
    const { numbers, integers } = this.record;
    numbers[At.minNotional] = terms.minNotional;
    numbers[At.leverage] = terms.leverage;
    numbers[At.makerFraction] = terms.makerFraction;
    numbers[At.takerFraction] = terms.takerFraction;
    numbers[At.slippageFraction] = terms.slippageFraction;
    numbers[At.reserveFraction] = terms.reserveFraction;
    numbers[At.contractSize] = terms.market.contractSizeNumber;
    const size = sizeOf(terms.sizing);
    assert(size !== null, "the kernel sizes by these");
    [integers[Whole.sizing], numbers[At.size]] = size;
    integers[Whole.usesMargin] = terms.usesMargin ? 1 : 0;
    integers[Whole.equity] = this.equity.record.address;
  }

  /** True of trials that it can trade: the size does not depend on the stop, and protections stand at known distances. */
  static takes({ sizing }: ColumnTerms, { stop, target }: PlainRules): boolean {
    return sizeOf(sizing) !== null && !(stop instanceof Series) && !(target instanceof Series);
  }

  /** @param signals Their bits lie in the memory of the history. */
  begin(signals: TrialSignals, { stop, target }: PlainRules): void {
    const { numbers, integers } = this.record, { history } = this;
    this.equity.begin(this.#start);
    numbers.fill(0, At.won);
    integers[Whole.trades] = integers[Whole.wins] = integers[Whole.side] = 0;
    integers[Whole.row] = history.firstRow;
    [integers[Whole.stopKind], numbers[At.stop]] = placeOf(stop as Protection | null);
    [integers[Whole.targetKind], numbers[At.target]] = placeOf(target as Protection | null);
    integers[Whole.wants] = signals.wants.byteOffset;
    integers[Whole.wantsLong] = signals.wantsLong.byteOffset;
    integers[Whole.wantsShort] = signals.wantsShort.byteOffset;
    integers[Whole.leavesLong] = signals.leavesLong.byteOffset;
    integers[Whole.leavesShort] = signals.leavesShort.byteOffset;
    if (stop === null && target === null) return;
    integers[Whole.high] = blocksRecord(history, history.high);
    integers[Whole.low] = blocksRecord(history, history.low);
  }

  /** After the last row. */
  finish(): boolean {
    this.equity.finish();
    return true;
  }

  /** What its trades add up to, of one still open its entry. */
  get tally(): TradeSums {
    const { numbers, integers } = this.record, isOpen = integers[Whole.side] !== 0;
    const quantity = this.equity.quantity;
    return {
      trades: integers[Whole.trades]!,
      wins: integers[Whole.wins]!,
      won: numbers[At.won]!,
      lost: numbers[At.lost]!,
      fees: numbers[At.fees]! + (isOpen ? numbers[At.tradeFees]! : 0),
      traded: numbers[At.traded]! + (isOpen ? Math.abs(quantity) * numbers[At.entryPrice]! : 0),
    };
  }
}

/** How the kernel names a way of sizing, and its number; null for one that it does not know. */
function sizeOf(sizing: PlainSizing): readonly [kind: number, value: number] | null {
  switch (sizing.kind) {
    case "equity-fraction":
      return [0, sizing.fraction];
    case "fixed-notional":
      return [1, sizing.notionalQuote];
    case "units":
      return [2, sizing.units];
    case "risk-per-trade":
      return null;
  }
}

/** How it names where a protection stands, 0 for none, and its number. Plain rules have these kinds only. */
function placeOf(protection: Protection | null): readonly [kind: number, value: number] {
  switch (protection?.kind) {
    case undefined:
      return [0, 0];
    case "fraction":
      return [1, protection.fraction];
    case "distance":
      return [2, protection.distanceQuote];
    case "price":
      return [3, protection.price];
    default:
      throw new AssertionError(`a plain rule has no ${protection!.kind}`);
  }
}
