import assert from "node:assert/strict";
import { amount, compact, dateTime, figure, number, percent, roughly, signedPercent, UNDEFINED } from "./format.ts";

Deno.test("number() groups thousands, has a true minus sign and no minus zero", () => {
  assert.equal(number(1234567.891, 2), "1,234,567.89");
  assert.equal(number(-0.5, 1), "−0.5");
  assert.equal(number(-0.001, 2), "0.00");
  assert.equal(number(null, 2), UNDEFINED);
});

Deno.test("percent() and signedPercent() take fractions", () => {
  assert.equal(percent(0.1234), "12.34 %");
  assert.equal(signedPercent(0.05, 1), "+5.0 %");
  assert.equal(signedPercent(-0.05, 1), "−5.0 %");
});

Deno.test("amount() and compact() keep the digits that count", () => {
  assert.equal(amount(0.00001234), "0.00001234");
  assert.equal(amount(43210.987), "43,210.99");
  assert.equal(amount(-1.5), "−1.5");
  assert.equal(compact(20000), "20k");
  assert.equal(compact(1.5e6), "1.5M");
  assert.equal(compact(0), "0");
  assert.equal(roughly(1_739_714), "1.7M");
  assert.equal(roughly(624_237), "620k");
});

Deno.test("figure() writes a value as its unit asks", () => {
  assert.equal(figure(0.05, "fraction"), "5.00 %");
  assert.equal(figure(12, "count"), "12");
  assert.equal(figure(3.25, "days"), "3.25 d");
  assert.equal(figure(null, "ratio"), UNDEFINED);
});

Deno.test("dateTime() is in UTC wherever the reader is", () => {
  assert.equal(dateTime(Date.UTC(2024, 1, 29, 23, 59)), "2024-02-29 23:59");
});
