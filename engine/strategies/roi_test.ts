import assert from "node:assert/strict";
import { percent, protectionPrice, roi, roiStep, sameProtection, trailingPercent } from "./mod.ts";

Deno.test("a table of returns asks for less the longer the position is held, whatever the order in which it is written", () => {
  const table = roi({ 60: 0.01, 0: 0.1, 30: 0.05 });
  const asked = [0, 29, 30, 59.9, 60, 1e6].map((minutes) => roiStep(table, minutes)?.[1]);
  assert.deepEqual(asked, [0.1, 0.1, 0.05, 0.05, 0.01, 0.01]);
  assert.ok(Math.abs(protectionPrice(table, 5000, 1, 45) - 5250) < 1e-9);
  assert.ok(Math.abs(protectionPrice(table, 5000, -1, 45) - 4750) < 1e-9);
});

Deno.test("before its first step a table asks for nothing", () => {
  assert.equal(roiStep(roi({ 30: 0.05 }), 29), null);
  assert.ok(Number.isNaN(protectionPrice(roi({ 30: 0.05 }), 5000, 1, 29)));
  assert.equal(roiStep(roi({}), 1000), null);
});

Deno.test("a return of −1 leaves at any price, one below it or an age that is no number of minutes is refused", () => {
  assert.equal(protectionPrice(roi({ 0: -1 }), 5000, 1, 0), 0);
  assert.throws(() => roi({ 0: -1.5 }), /a return of -1.5 after 0 minutes makes no sense: use −1 or more/);
  assert.throws(() => roi({ 0.5: 0.1 }), /after 0.5 minutes: use whole minutes/);
  assert.throws(() => roi({ "-5": 0.1 }), /after -5 minutes/);
  assert.throws(() => roi({ 0: NaN }), /a return of NaN/);
});

Deno.test("tables and activations count when protections are compared", () => {
  assert.ok(sameProtection(roi({ 0: 0.1, 30: 0.05 }), roi({ 30: 0.05, 0: 0.1 })));
  assert.ok(!sameProtection(roi({ 0: 0.1 }), roi({ 0: 0.1, 30: 0.05 })));
  assert.ok(!sameProtection(roi({ 0: 0.1 }), roi({ 0: 0.2 })));
  assert.ok(!sameProtection(roi({ 0: 0.1 }), percent(10)));
  assert.ok(sameProtection(trailingPercent(5, { activation: 2 }), trailingPercent(5, { activation: 2 })));
  assert.ok(!sameProtection(trailingPercent(5, { activation: 2 }), trailingPercent(5)));
  assert.ok(!sameProtection(trailingPercent(5, { activation: 2 }), trailingPercent(5, { activation: 2, then: 1 })));
});

Deno.test("a trailing stop refuses an activation or a distance that makes no sense", () => {
  assert.throws(() => trailingPercent(5, { activation: -1 }), /a profit of -1 percent: use 0 or more/);
  assert.throws(() => trailingPercent(5, { then: 0 }), /0 percent makes no sense/);
});
