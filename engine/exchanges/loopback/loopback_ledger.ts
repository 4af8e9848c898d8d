import { AMOUNT_DECIMALS, formatDecimal, parseDecimal } from "../../money/mod.ts";

/** What an account has of one asset, decimal text. */
export interface LoopbackBalance {
  readonly asset: string;
  readonly free: string;
  readonly locked: string;
  readonly total: string;
}

/** Balances by asset, exact, in counts of 10^-24: what orders, fees, transfers and the venue's corrections leave. */
export class LoopbackLedger {
  readonly #totals = new Map<string, bigint>();

  get assets(): string[] {
    return [...this.#totals.keys()];
  }

  total(asset: string): bigint {
    return this.#totals.get(asset) ?? 0n;
  }

  add(asset: string, change: bigint): void {
    this.#totals.set(asset, this.total(asset) + change);
  }

  balance(asset: string, free: bigint): LoopbackBalance {
    const total = this.total(asset), text = (value: bigint) => formatDecimal(value, AMOUNT_DECIMALS);
    return { asset, free: text(free), locked: text(total - free), total: text(total) };
  }
}

/** An amount as the ledger counts it, from decimal text. */
export function ledgerAmount(text: string): bigint {
  return parseDecimal(text, AMOUNT_DECIMALS);
}
