// What readers of a run are told of the third asset that pays its fees.
import { priceAt } from "../market/mod.ts";
import { AMOUNT_DECIMALS, decimalToNumber, type Fee, notionalToNumber } from "../money/mod.ts";
import type { SimulatedAccount } from "../simulator/mod.ts";
import { formatTimestamp, type TimestampMs } from "../time/mod.ts";
import type { TraderConfig } from "../trader/mod.ts";
import type { RunNotes } from "./run_record.ts";

/** The notes on the third asset; none without one. */
export function feeBalanceNotes(
  { feeBalance, cash, tradeFromMs }: TraderConfig,
  { fees }: SimulatedAccount,
): Pick<RunNotes, "feeBalance" | "startingEquityQuote"> {
  if (feeBalance === undefined) return {};
  const { asset, amount, prices } = feeBalance;
  return {
    startingEquityQuote: notionalToNumber(cash) + units(amount) * priceAt(prices, tradeFromMs),
    feeBalance: {
      asset,
      startAmount: units(amount),
      endAmount: units(fees.balance),
      shortFills: fees.shortfall.fills,
    },
  };
}

/** What a reader should know of it, in sentences. */
export function feeBalanceWarnings({ feeBalance, tradeFromMs }: TraderConfig, { fees }: SimulatedAccount): string[] {
  if (feeBalance === undefined) return [];
  const { asset, prices } = feeBalance, { fills, firstMs } = fees.shortfall, warnings: string[] = [];
  if (prices.fromMs[0]! > tradeFromMs) {
    const first = formatTimestamp(prices.fromMs[0]!);
    warnings.push(`The prices of ${asset} begin on ${first}: before that its first price was taken.`);
  }
  if (fills > 0) {
    const first = formatTimestamp(firstMs as TimestampMs);
    warnings.push(
      `The ${asset} did not reach for the fees of ${fills} fills, from ${first} on: the usual asset paid them.`,
    );
  }
  return warnings;
}

const units = (amount: Fee) => decimalToNumber(amount, AMOUNT_DECIMALS);
