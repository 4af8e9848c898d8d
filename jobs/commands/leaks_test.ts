import assert from "node:assert/strict";
import { swingingDays, withProgram } from "../testing/program.ts";

const ENGINE = new URL("../../engine/mod.ts", import.meta.url).href;
const MARKET = ["--symbol", "BTC/USDT", "--timeframe", "1d"];

const FILE = `
import { close, definePipeline, defineStrategy, sma } from "${ENGINE}";
export const honest = definePipeline({
  id: "honest",
  features: { average: ({ close }) => close.map((price, i) => (price + close[i - 1]) / 2) },
});
export const peeking = definePipeline({
  id: "peeking",
  features: { tomorrow: ({ close }) => close.map((_, i) => close[i + 1]) },
});
export const short = definePipeline({ id: "short", decide: ({ close }) => close.slice(5) });
export const made = (candles) => {
  const up = candles.close.map((price, i) => candles.close[i + 2] > price ? 1 : 0);
  return defineStrategy({
    id: "made",
    params: {},
    rules: () => ({ enter: close.gt(sma(close, 5)), exit: ({ barsHeld, closeTimeMs }) => up[candles.openTimeMs.indexOf(closeTimeMs) - 1] === 0 }),
  });
};
`;

Deno.test("leaks judges a strategy by its id or of a file, and pipelines of a file: 0 without a leak, 1 with one, in JSON too", () =>
  withProgram(swingingDays(300), async (program, dataDir) => {
    const file = `${dataDir}/mine.ts`;
    await Deno.writeTextFile(file, FILE);
    const clean = await program("leaks", "--strategy", "sma-cross", ...MARKET, "--param", "slow=20", "--json");
    assert.equal(clean.code, 0, clean.stderr);
    assert.match(clean.stderr, /^leaks \d+ %[^]*^leaks 100 % in/m, "long work says how far it is");
    const { clean: isClean, findings, warmUp, samples } = JSON.parse(clean.stdout);
    assert.deepEqual([isClean, findings, samples], [true, [], 300]);
    const average = warmUp.find(({ name }: { name: string }) => name === "sma(close, 20)");
    assert.deepEqual([average.candles, average.declared], [19, 19]);

    const peeking = await program("leaks", "--pipeline", `${file}#peeking`, ...MARKET, "--json");
    assert.equal(peeking.code, 1, peeking.stderr);
    assert.match(peeking.stderr, /^leaks 100 % in/m);
    const [finding] = JSON.parse(peeking.stdout).findings;
    assert.deepEqual([finding.kind, finding.name, finding.lookAheadCandles], ["feature", "tomorrow", 1]);
    assert.match(finding.place.at, /mine\.ts:9:\d+$/);

    assert.equal((await program("leaks", "--pipeline", `${file}#honest`, ...MARKET)).code, 0);
    const made = await program("leaks", "--strategy", `${file}#made`, ...MARKET);
    assert.equal(made.code, 1, made.stderr);
    assert.match(made.stdout, /1\. hook exit, from row/);
  }));

Deno.test("leaks says what is wrong with what it is given", () =>
  withProgram(swingingDays(80), async (program, dataDir) => {
    await Deno.writeTextFile(`${dataDir}/mine.ts`, FILE);
    await Deno.writeTextFile(`${dataDir}/other.ts`, "export const number = 1;");
    const cases: [args: string[], code: number, message: RegExp][] = [
      [["--strategy", "sma-cros", ...MARKET], 1, /there is no strategy "sma-cros"/],
      [["--pipeline", `${dataDir}/none.ts`, ...MARKET], 1, /none\.ts is not there: check the path/],
      [["--pipeline", `${dataDir}/other.ts`, ...MARKET], 1, /exports no strategy and no pipeline/],
      [["--pipeline", `${dataDir}/mine.ts`, ...MARKET], 1, /exports honest, made, peeking, short: name one/],
      [
        ["--pipeline", `${dataDir}/mine.ts#short`, ...MARKET],
        1,
        /decision decide of pipeline short gives 75 values for 80/,
      ],
      [["--strategy", "sma-cross", ...MARKET, "--from", "2024-02-15"], 1, /35 candles .* too few/],
      [["--strategy", "sma-cross"], 2, /needs --symbol and --timeframe/],
      [MARKET, 2, /needs either --strategy ID or FILE, or --pipeline FILE/],
    ];
    for (const [args, code, message] of cases) {
      const answer = await program("leaks", ...args);
      assert.equal(answer.code, code, answer.stderr);
      assert.match(answer.stderr, message);
      assert.equal(answer.stdout, "");
    }
  }));
