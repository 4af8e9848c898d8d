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

  /** All of it as it is now. */
  totals(): ReadonlyMap<string, bigint> {
    return new Map(this.#totals);
  }

  total(asset: string): bigint {
    return this.#totals.get(asset) ?? 0n;
  }

  add(asset: string, change: bigint): void {
    this.#totals.set(asset, this.total(asset) + change);
  }
}

/** An account at a moment: cheap to keep, as it is asked for seldom. Counts of 10^-24 by asset. */
export interface AccountState {
  readonly totals: ReadonlyMap<string, bigint>;
  /** What open orders hold. */
  readonly locked: ReadonlyMap<string, bigint>;
}

/** The balances of an account, of all assets unless some are named. */
export function balancesIn(
  { totals, locked }: AccountState,
  assets: Iterable<string> = totals.keys(),
): LoopbackBalance[] {
  const text = (value: bigint) => formatDecimal(value, AMOUNT_DECIMALS);
  return Array.from(assets, (asset) => {
    const total = totals.get(asset) ?? 0n, held = locked.get(asset) ?? 0n;
    return { asset, free: text(total - held), locked: text(held), total: text(total) };
  });
}

/** An amount as the ledger counts it, from decimal text. */
export function ledgerAmount(text: string): bigint {
  return parseDecimal(text, AMOUNT_DECIMALS);
}
