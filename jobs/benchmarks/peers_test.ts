import assert from "node:assert/strict";
import { peerResult } from "./peers.ts";

Deno.test("a peer's line becomes figures in our units, whatever it printed before", () => {
  const line =
    `warming up\n{"workload": "single", "peer": "x", "version": "1", "bars_per_second": 2e5, "seconds": 0.5, "month_seconds": 0.25, "ns_per_bar": {"sma50": 3.5}}\n`;
  assert.deepEqual(peerResult(line), {
    workload: "single",
    peer: "x",
    version: "1",
    figures: { sma50: 3.5, bars_per_second: 2e5, hours_of_20_ms: 500, month_ms: 250 },
  });
});
