// Each execution of a venue against the journal, field by field.
import { inTransaction, type Sql } from "../../engine/database/mod.ts";
import type { LoopbackVenue } from "../../engine/exchanges/mod.ts";
import { journalState } from "../../engine/journal/mod.ts";
import { AMOUNT_DECIMALS, formatDecimal, UNIT_DECIMALS } from "../../engine/money/mod.ts";

/** What an account's journal and its venue have differently. */
export async function journalDifferences(
  sql: Sql,
  { account }: { readonly account: string },
  { fills }: LoopbackVenue,
): Promise<{ readonly fillsInJournal: number; readonly differences: readonly string[] }> {
  const journal = await inTransaction(sql, (tx) => journalState(tx, account));
  const told = (side: string, price: bigint, quantity: bigint, fee: bigint, feeAsset: string, timeMs: number) =>
    `${side} ${formatDecimal(quantity, UNIT_DECIMALS)} at ${formatDecimal(price, UNIT_DECIMALS)}, fee ` +
    `${formatDecimal(fee, AMOUNT_DECIMALS)} ${feeAsset}, ${timeMs}`;
  const atVenue = new Map<string, string>(
    fills.map(({ number, order, side, price, quantity, fee, feeAsset, timeMs }) =>
      [
        `${order.market.symbol}#${number}`,
        `${order.clientOrderId}: ${told(side, price, quantity, fee, feeAsset, timeMs)}`,
      ] as const
    ),
  );
  const inJournal = new Map<string, string>([...journal.fills.values()].map(({ fill }) => {
    const { tradeId, clientOrderId, side, price, quantity, fee, feeAsset, timeMs } = fill;
    return [tradeId, `${clientOrderId}: ${told(side, price, quantity, fee, feeAsset, timeMs)}`] as const;
  }));
  const differences = [...new Set([...atVenue.keys(), ...inJournal.keys()])].flatMap((id) => {
    const one = atVenue.get(id), other = inJournal.get(id);
    return one === other ? [] : [`${id}: the venue has ${one ?? "none"}, the journal ${other ?? "none"}`];
  });
  return { fillsInJournal: inJournal.size, differences };
}
