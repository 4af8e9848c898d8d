import assert from "node:assert/strict";
import { didYouMean } from "./nearest_name.ts";

Deno.test("a name that is nearly right is suggested, whatever its case", () => {
  assert.equal(didYouMean("sma-cros", ["rsi", "sma-cross"]), ": did you mean sma-cross?");
  assert.equal(didYouMean("DATADIR", ["port", "dataDir"]), ": did you mean dataDir?");
  assert.equal(didYouMean("prot", ["port", "exchange"]), ": did you mean port?");
});

Deno.test("a name that is like none of them gets no suggestion", () => {
  assert.equal(didYouMean("volatility", ["port", "dataDir"]), "");
  assert.equal(didYouMean("x", []), "");
});
