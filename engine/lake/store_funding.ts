import { InputError, isCodedError } from "../errors/mod.ts";
import type { Instrument } from "../market/mod.ts";
import { fundingPath } from "./funding_file.ts";
import { type LakeRoot, storageOf } from "./lake_root.ts";
import { type MergedSettlements, mergeSettlements } from "./merge_settlements.ts";
import { type Settlement, settlementRate, settlementTime } from "./settlement.ts";

/** A settlement as a venue tells it. */
export interface ToldFunding {
  readonly timeMs: number;
  /** The share that longs pay, as decimal text. */
  readonly rate: string;
}

/**
 * Puts the funding of a contract that its venue has told into the lake; what is kept already changes nothing.
 *
 * @param root The lake's folder, or the address of its bucket.
 * @throws {InputError} `funding-venue` for what is no settlement, `import` when it differs from what is kept; nothing is
 * written then.
 */
export async function storeFunding(
  root: LakeRoot,
  market: Instrument,
  told: readonly ToldFunding[],
): Promise<MergedSettlements> {
  const settlements = told.map((own) => settlementOf(market, own)), storage = storageOf(root);
  if (settlements.length === 0) return { added: 0, completed: 0, revised: 0 };
  const database = await storage.database([], 1);
  try {
    return await storage.exclusively(
      [fundingPath(storage.root, market)],
      () =>
        mergeSettlements(storage, database, market, settlements, {
          name: `what ${market.exchange} says of the funding of ${market.symbol}`,
          provenance: (counts) => Promise.resolve({ provider: market.exchange, how: "fetch", ...counts }),
          remedy: "import a file of it with --revise to let that win",
        }),
    );
  } finally {
    database.close();
  }
}

function settlementOf({ exchange, symbol }: Instrument, { timeMs, rate }: ToldFunding): Settlement {
  try {
    return {
      timeMs: settlementTime(String(timeMs)),
      rate: settlementRate(rate),
      intervalMs: null,
      markPrice: null,
    };
  } catch (cause) {
    if (!isCodedError(cause)) throw cause;
    throw new InputError(
      "funding-venue",
      `${exchange} told a settlement of ${symbol} at ${timeMs} with the rate ${rate}, which cannot be: nothing was kept`,
      { cause },
    );
  }
}
