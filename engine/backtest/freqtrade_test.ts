import assert from "node:assert/strict";
import fc from "fast-check";
import { type CaseTrade, type FreqtradeCase, replayCase } from "../testing/freqtrade_case.ts";
import { runCase } from "../testing/freqtrade_run.ts";
import { randomCases } from "../testing/random_cases.ts";
import { requireOrSkip, sharedPath } from "../testing/shared_data.ts";

type GoldenCase = FreqtradeCase & { readonly expected: { readonly trades: readonly CaseTrade[] } };

const RANDOM_CASES = 2_500;

/** What is compared of a trade: the rates to 10⁻⁶, the profit to what the reference rounds it by. */
function assertSame(trades: readonly CaseTrade[], wanted: readonly CaseTrade[], name: string): number {
  const told = `${name}: ${JSON.stringify({ trades, wanted })}`;
  assert.equal(trades.length, wanted.length, told);
  wanted.forEach((trade, i) => {
    const own = trades[i]!;
    for (const what of ["exit_reason", "open_tick", "close_tick", "is_short"] as const) {
      assert.equal(own[what], trade[what], `${what} of trade ${i} of ${told}`);
    }
    for (const rate of ["open_rate", "close_rate"] as const) {
      assert.ok(Math.abs(own[rate] - trade[rate]) <= 1e-6, `${rate} of trade ${i} of ${told}`);
    }
    assert.ok(Math.abs(own.profit_ratio - trade.profit_ratio) <= 6e-6, `profit of trade ${i} of ${told}`);
  });
  return wanted.length * 7;
}

async function compareAll(run: (own: FreqtradeCase) => CaseTrade[] | Promise<CaseTrade[]>): Promise<number[] | null> {
  const path = sharedPath("goldens/freqtrade_detail.json");
  if (!requireOrSkip("goldens", path !== undefined, "freqtrade_detail.json")) return null;
  const { cases } = JSON.parse(Deno.readTextFileSync(path!)) as { cases: GoldenCase[] };
  let compared = 0;
  for (const own of cases) compared += assertSame(await run(own), own.expected.trades, own.id);
  return [cases.length, compared];
}

Deno.test("freqtrade_detail: all 38 cases as freqtrade fills them: reason, ticks, side, rates to 1e-6, profit to 6e-6 (238 values)", async () => {
  const compared = await compareAll(runCase);
  if (compared !== null) assert.deepEqual(compared, [38, 238]);
});

Deno.test("freqtrade_detail: the rules in plain arithmetic give the same, so random cases may be compared with them", async () => {
  const compared = await compareAll(replayCase);
  if (compared !== null) assert.deepEqual(compared, [38, 238]);
});

Deno.test(`${RANDOM_CASES} random cases near stops, returns and activations give what the rules in plain arithmetic give`, async () => {
  const reasons: Record<string, number> = {};
  await fc.assert(
    fc.asyncProperty(randomCases, async (own) => {
      let lateExits = 0;
      const wanted = replayCase(own, () => lateExits++);
      // An exit that is due at the open of the candle in which its entry only fills can not be asked for.
      fc.pre(lateExits === 0 || !own.config.use_exit_signal);
      assertSame(await runCase(own), wanted, "random");
      for (const { exit_reason } of wanted) reasons[exit_reason] = (reasons[exit_reason] ?? 0) + 1;
    }),
    { numRuns: RANDOM_CASES },
  );
  for (const reason of ["exit_signal", "force_exit", "roi", "stop_loss", "trailing_stop_loss"]) {
    assert.ok(reasons[reason]! > 20, `too few trades end by ${reason}: ${JSON.stringify(reasons)}`);
  }
});
