import assert from "node:assert/strict";
import { instrument } from "../market/mod.ts";
import { fee, price, quantity } from "../money/mod.ts";
import type { ClientOrderId, Fill } from "../orders/mod.ts";
import type { TimestampMs } from "../time/mod.ts";
import { feeReturnId, feeRevisionId, withRevisedFees } from "./fee_revision.ts";

const market = instrument({ exchange: "binance", symbol: "BTC/USDT" }), markets = new Map([[market.id, market]]);
const BOUGHT: Fill = {
  tradeId: "BTC/USDT#7-a",
  clientOrderId: "o" as ClientOrderId,
  instrument: market.id,
  side: "buy",
  price: price("100"),
  quantity: quantity("1"),
  fee: fee("0"),
  feeAsset: "USDT",
  feeFrom: "cash",
  liquidity: "taker",
  timeMs: 1 as TimestampMs,
};

Deno.test("a fee that is told late or changed is that of its execution, and the last one counts", () => {
  const [late, last] = [{ ...BOUGHT, fee: fee("0.1") }, { ...BOUGHT, fee: fee("-0.02") }];
  const ids = ["dust-1", feeRevisionId(late), feeReturnId(last), feeRevisionId(last), "fee-other-USDT-5"];
  assert.deepEqual(withRevisedFees([BOUGHT], ids, markets), [last]);
  assert.deepEqual(withRevisedFees([BOUGHT], ["fee-", feeReturnId(late)], markets), [BOUGHT]);
});

Deno.test("a fee that turns out to be in another asset is taken from where that is", () => {
  const revised = (asset: string) =>
    withRevisedFees([BOUGHT], [feeRevisionId({ ...BOUGHT, feeAsset: asset, fee: fee("0.001") })], markets)[0]!;
  assert.deepEqual([revised("BTC").feeFrom, revised("BTC").feeWorthQuote], ["position", undefined]);
  assert.deepEqual([revised("BNB").feeFrom, revised("BNB").feeAsset, revised("BNB").fee], [
    "third",
    "BNB",
    fee("0.001"),
  ]);
});
