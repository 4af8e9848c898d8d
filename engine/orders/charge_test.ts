import assert from "node:assert/strict";
import { instrument } from "../market/mod.ts";
import { type Fee, notional, price, type Quantity, quantity } from "../money/mod.ts";
import type { TimestampMs } from "../time/mod.ts";
import { type Liquidation, liquidationFill, positionChange } from "./mod.ts";

const { id } = instrument({ exchange: "test", symbol: "BTC/USDT", kind: "linear" });

function liquidated(position: Quantity): Liquidation {
  return {
    ...{ id: "liquidated", instrument: id, side: "both", position, price: price("90") },
    ...{ fee: notional("0.5") as bigint as Fee, mark: 90, insurance: notional("0"), timeMs: 7 as TimestampMs },
  };
}

Deno.test("a liquidation is the fill that takes a position to nothing, long or short, to the last unit", () => {
  for (const position of [quantity("2"), 1n as Quantity, quantity("-2"), -1n as Quantity]) {
    const fill = liquidationFill(liquidated(position), "USDT");
    assert.equal(fill.side, position > 0n ? "sell" : "buy");
    assert.equal(positionChange(fill) + position, 0n);
    assert.deepEqual([fill.fee, fill.feeAsset, fill.feeFrom, fill.timeMs], [notional("0.5"), "USDT", "cash", 7]);
  }
});

Deno.test("of several holders of a position each is taken what it held, and pays its own part of the fee", () => {
  const own = { position: quantity("-0.5"), fee: notional("0.1") as bigint as Fee };
  const fill = liquidationFill(liquidated(quantity("2")), "USDT", own);
  assert.deepEqual([fill.side, fill.quantity, fill.fee], ["buy", quantity("0.5"), own.fee]);
});
