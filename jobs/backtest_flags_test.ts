import assert from "node:assert/strict";
import { Command } from "commander";
import { defaultRules, freqtradeRules } from "../engine/simulator/mod.ts";
import { type Flags, specOf, withRunOptions } from "./backtest_flags.ts";

const lake = { exchangeOf: () => Promise.resolve("binance") };
const told = (...args: string[]) => {
  const command = withRunOptions(new Command()).exitOverride().configureOutput({ writeErr: () => {} });
  command.parse(["--strategy", "sma-cross", "--symbol", "BTC/USDT", "--timeframe", "1h", ...args], { from: "user" });
  return specOf(command.opts<Flags>(), lake);
};

Deno.test("options say the size of entries, the grid of the markets and the seed", async () => {
  const spec = await told(
    "--sizing",
    "risk-per-trade=0.01",
    "--tick",
    "0.1",
    "--lot",
    "0.001",
    "--min-notional",
    "10",
    "--seed",
    "7",
  );
  assert.deepEqual(spec.sizing, { kind: "risk-per-trade", fraction: 0.01 });
  assert.deepEqual(spec.markets, [{
    exchange: "binance",
    symbol: "BTC/USDT",
    tick: "0.1",
    lot: "0.001",
    minNotional: "10",
  }]);
  assert.equal(spec.seed, 7);
  assert.deepEqual((await told("--sizing", "volatility-target=0.4")).sizing, {
    kind: "volatility-target",
    annualVolatilityFraction: 0.4,
    lookbackCandles: 30,
    maxFraction: 1,
  });
  const plain = await told();
  assert.deepEqual([plain.sizing, plain.markets[0], plain.seed], [{ kind: "equity-fraction", fraction: 1 }, {
    exchange: "binance",
    symbol: "BTC/USDT",
  }, 1]);
});

Deno.test("a path inside candles changes the named rules and their name; the pessimistic one is that of the rules", async () => {
  assert.deepEqual((await told("--path", "pessimistic")).fillRules, defaultRules);
  assert.deepEqual((await told("--path", "random")).fillRules, {
    ...defaultRules,
    id: "default on random path",
    path: "random",
  });
  const own = await told("--fill-rules", "freqtrade", "--path", "nearest-extreme");
  assert.deepEqual(own.fillRules, {
    ...freqtradeRules,
    id: "freqtrade on nearest-extreme path",
    path: "nearest-extreme",
  });
});

Deno.test("what no option takes is refused with what there is", () => {
  assert.throws(() => told("--sizing", "all"), /is not KIND=NUMBER with one of equity-fraction, fixed-notional/);
  assert.throws(() => told("--sizing", "units=many"), /"many" is not a number/);
  assert.throws(() => told("--path", "sideways"), /pessimistic, nearest-extreme, random/);
});
