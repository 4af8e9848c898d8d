// A fee that the venue tells late, or changes, is corrected by an adjustment of the balance; its name says of which execution.
import type { Instrument, InstrumentId } from "../market/mod.ts";
import type { Fee } from "../money/mod.ts";
import type { Fill } from "../orders/mod.ts";
import { feeSourceOf } from "./venue_amounts.ts";

/** Name of the adjustment that takes a fee which an execution did not have before. */
export function feeRevisionId({ tradeId, feeAsset, fee }: Pick<Fill, "tradeId" | "feeAsset" | "fee">): string {
  return `fee-${tradeId}-${feeAsset}-${fee}`;
}

/** Name of the adjustment that gives back what the execution had cost before. */
export function feeReturnId(revised: Pick<Fill, "tradeId" | "feeAsset" | "fee">): string {
  return `${feeRevisionId(revised)}-back`;
}

/**
 * Fills with the fees that they came to.
 *
 * @param ids Names of adjustments, in the order in which they were made; others than of fees change nothing.
 * @param markets Of all the fills, by id.
 */
export function withRevisedFees(
  fills: readonly Fill[],
  ids: readonly string[],
  markets: ReadonlyMap<InstrumentId, Instrument>,
): Fill[] {
  const revised = new Map<string, readonly [feeAsset: string, fee: Fee]>();
  for (const id of ids) {
    const [, tradeId, feeAsset, fee] = /^fee-(.+)-([^-]+)-(-?\d+)$/.exec(id) ?? [];
    if (fee !== undefined) revised.set(tradeId!, [feeAsset!, BigInt(fee) as Fee]);
  }
  return fills.map((own) => {
    const found = revised.get(own.tradeId);
    if (found === undefined) return own;
    const [feeAsset, fee] = found, { feeWorthQuote: _, ...rest } = own;
    return { ...rest, fee, feeAsset, ...feeSourceOf(feeAsset, own.side, markets.get(own.instrument)!) };
  });
}
