import { assert } from "../errors/mod.ts";
import { AMOUNT_DECIMALS, decimalToNumber, type Fee } from "../money/mod.ts";
import type { Fill } from "../orders/mod.ts";

/** What an account holds of a third asset to pay fees with, as in BNB: exact, with its worth at the last mark. */
export interface FeeBalance {
  readonly asset: string;
  amount: Fee;
  /** Quote units for one unit of the asset. */
  mark: number;
  worthNumber: number;
}

/** A balance at its first mark. */
export function feeBalance(asset: string, amount: Fee, mark: number): FeeBalance {
  return { asset, amount, mark, worthNumber: worth(amount, mark) };
}

/** Values the balance anew. */
export function markFeeBalance(balance: FeeBalance, mark: number): void {
  balance.mark = mark;
  balance.worthNumber = worth(balance.amount, mark);
}

/** Takes a fill's fee off the balance that it names. */
export function payFromBalance(balance: FeeBalance, fill: Fill): void {
  assert(balance.asset === fill.feeAsset, `the account holds no ${fill.feeAsset} to pay the fee of ${fill.tradeId}`);
  balance.amount = (balance.amount - fill.fee) as Fee;
  markFeeBalance(balance, balance.mark);
}

function worth(amount: Fee, mark: number): number {
  return decimalToNumber(amount, AMOUNT_DECIMALS) * mark;
}
