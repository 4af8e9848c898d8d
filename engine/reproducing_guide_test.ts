import assert from "node:assert/strict";

const GUIDE = new URL("../docs/reproducing.md", import.meta.url);
const DATA = decodeURIComponent(new URL("../data", import.meta.url).pathname);

Deno.test("each example of the guide to other engines' backtests runs and prints what it says", async (t) => {
  let section = "";
  const told: string[] = [];
  for (const [, title, code] of Deno.readTextFileSync(GUIDE).matchAll(/^(?:#+ (.+)|```ts\n([^]*?)```)$/gm)) {
    section = title ?? section;
    if (code === undefined) continue;
    told.push(section);
    await t.step(`${section} ${told.length}`, async () => {
      assert.equal(await printed(code), /\n\/\/ (.*)\n$/.exec(code)![1]);
    });
  }
  const beginning = "How to reproduce a backtest of another engine";
  assert.deepEqual(told, [beginning, "backtesting.py", "backtesting.py", "backtesting.py", "vectorbt", "freqtrade"]);
});

/** What a program prints that stands beside the engine, with a data folder of its own. */
async function printed(code: string): Promise<string> {
  await Deno.mkdir(DATA, { recursive: true });
  const folder = await Deno.makeTempDir({ dir: DATA, prefix: "guide_" }), lines: string[] = [];
  const { log } = console;
  try {
    await Deno.writeTextFile(
      `${folder}/example.ts`,
      code.replaceAll('"../engine/', '"../../engine/').replaceAll("data/reproducing", folder),
    );
    console.log = (...values: unknown[]) => lines.push(values.join(" "));
    await import(`file://${folder}/example.ts`);
  } finally {
    console.log = log;
    await Deno.remove(folder, { recursive: true });
  }
  return lines.join("\n");
}
