// Test support only: trials that no strategy has made, and a process that writes them until it is killed.
import { sha256Hex } from "../identity/mod.ts";
import { TrialLedger } from "../lake/trial_ledger.ts";
import type { Trial } from "../research/mod.ts";

/** Trial number `n` of a family; equal numbers are equal trials. */
export function exampleTrial(n: number, changes: Partial<Trial> = {}): Trial {
  return {
    hash: sha256Hex(`run ${n}`),
    source: "sweep",
    family: { strategy: "sma-cross", instrument: "test:BTC/USDT", timeframe: "1h" },
    codeHash: sha256Hex("code"),
    params: { fast: n, slow: 50 },
    data: { sha256: sha256Hex("candles"), fromMs: 0, toMs: 86_400_000 * 729 },
    returns: { count: 730, sharpe: (n % 17 - 8) / 100, skewness: -0.5, kurtosis: 6 },
    metrics: { totalReturnFraction: n % 7 / 10, tradeCount: n },
    resultHash: sha256Hex(`result ${n}`),
    ...changes,
  };
}

/** Trials number `from` to `to`, not included. */
export function exampleTrials(from: number, to: number): Trial[] {
  return Array.from({ length: to - from }, (_, i) => exampleTrial(from + i));
}

// deno run engine/testing/example_trials.ts PATH BATCH: says after each batch how many trials are kept.
if (import.meta.main) {
  const [path, batch] = Deno.args, ledger = new TrialLedger(path!), size = Number(batch);
  for (let from = 0;; from += size) {
    const { total } = await ledger.append(exampleTrials(from, from + size));
    await Deno.stdout.write(new TextEncoder().encode(`${total}\n`));
  }
}
