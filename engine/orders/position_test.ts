import assert from "node:assert/strict";
import { fee, quantity } from "../money/mod.ts";
import { fillOf, intent } from "../testing/journal_suite.ts";
import { bustIdOf, type Fill, positionChange, positionOf, standingFills } from "./mod.ts";

const fill = (id: string, own: Partial<Fill> = {}) => fillOf(intent(1), id, { quantity: quantity("1"), ...own });
const IN_BASE = { side: "buy", feeFrom: "position", feeAsset: "BTC", fee: fee("0.001") } as const;

Deno.test("a fee in the base asset makes what was bought smaller, one in cash does not", () => {
  assert.equal(positionChange(fill("1", IN_BASE)), quantity("0.999"));
  assert.equal(positionChange(fill("1", { ...IN_BASE, feeFrom: "cash" })), quantity("1"));
  assert.equal(positionChange(fill("1", { side: "sell", feeFrom: "cash" })), quantity("-1"));
  assert.equal(positionOf([fill("1", IN_BASE), fill("2", { side: "sell" })]), quantity("-0.001"));
  assert.equal(positionChange(fill("1", { ...IN_BASE, fee: fee("0") })), quantity("1"));
});

Deno.test("what undoes an execution takes its fee in the base asset back too, also one that was paid to us", () => {
  for (const charged of ["0.001", "0", "-0.0002"]) {
    const bought = fill("1", { ...IN_BASE, fee: fee(charged) });
    const undone = fill("2", { ...bought, side: "sell", fee: -bought.fee as Fill["fee"] });
    assert.equal(positionOf([bought, undone]), 0n, charged);
  }
});

Deno.test("no fee is finer than a quantity", () => {
  const fine = fill("1", { ...IN_BASE, fee: fee("0.0000000000001") });
  assert.throws(() => positionChange(fine), /more digits than a quantity holds/);
});

Deno.test("an execution that the venue has taken back does not stand, nor does what undoes it", () => {
  const fills = ["1", bustIdOf("1"), "2", bustIdOf("3")].map((id) => fill(id));
  assert.deepEqual(standingFills(fills).map(({ tradeId }) => tradeId), ["2", "3-busted"]);
});
