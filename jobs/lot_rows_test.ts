import assert from "node:assert/strict";
import { instrument } from "../engine/market/mod.ts";
import { type Fee, fee, price, quantity } from "../engine/money/mod.ts";
import type { ClientOrderId, Fill } from "../engine/orders/mod.ts";
import { DAY_MS, type TimestampMs } from "../engine/time/mod.ts";
import { fillRows } from "./fill_rows.ts";
import { lotDocument, lotReport } from "./lot_rows.ts";

const market = instrument({ exchange: "test", symbol: "BTC/USDT", kind: "spot" });

function bought(tradeId: string, day: number, paid: string, part: Partial<Fill> = {}): Fill {
  return {
    ...{ tradeId, clientOrderId: `o-${tradeId}` as ClientOrderId, instrument: market.id, side: "buy" },
    ...{ price: price(paid), quantity: quantity("1"), fee: fee("1"), feeAsset: "USDT", feeFrom: "cash" },
    ...{ liquidity: "taker", timeMs: Date.UTC(2024, 0, 1) + day * DAY_MS as TimestampMs, ...part },
  };
}

Deno.test("a trade that the venue has taken back is in no lot, is told, and stays among the fills", () => {
  const undone = bought("2", 1, "300"),
    undoing: Fill = {
      ...undone,
      ...{ tradeId: "2-busted", side: "sell", fee: -undone.fee as Fee },
    };
  const fills = [bought("1", 0, "100"), undone, undoing, bought("3", 2, "200")];
  const recorded = { fills, markets: new Map([[market.id, market]]), of: "account main", notes: [] };
  const report = lotReport(recorded, { method: "fifo", longAfterDays: 365 }), document = lotDocument(report);
  assert.deepEqual(document.disposals, []);
  assert.deepEqual(document.open.map(({ acquiredBy, cost }) => [acquiredBy, cost]), [["1", "100"], ["3", "200"]]);
  assert.deepEqual(document.feesByAsset, { USDT: "2" });
  assert.deepEqual(document.notes, ["1 execution that the venue has taken back: in no lot."]);
  assert.deepEqual(fillRows(recorded).map((row) => row[11]), ["1", "2", "2-busted", "3"]);
});

Deno.test("what undoes a trade that is not among the fills is shown as what it is: a sale of what nobody bought here", () => {
  const alone = bought("2-busted", 1, "300", { side: "sell" });
  const recorded = { fills: [alone], markets: new Map([[market.id, market]]), of: "account main", notes: [] };
  const { lots } = lotReport(recorded, { method: "fifo", longAfterDays: 365 });
  assert.deepEqual(lots.unmatched.map(({ tradeId }) => tradeId), ["2-busted"]);
});
