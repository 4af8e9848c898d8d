import assert from "node:assert/strict";
import { checks } from "./checks.ts";

const CONFIGURATION = {
  fmt: { exclude: ["deno.json"] },
  lint: { plugins: [new URL("./pure_modules.ts", import.meta.url).href], rules: { tags: ["recommended"] } },
};

/** What each check finds in a tree of planted files, as `CHECK PATH:LINE`. */
async function findingsIn(files: Record<string, string>): Promise<string[]> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [path, text] of Object.entries({ ...files, "deno.json": JSON.stringify(CONFIGURATION) })) {
      await Deno.mkdir(`${folder}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
      await Deno.writeTextFile(`${folder}/${path}`, text);
    }
    const found: string[] = [];
    for (const { name, run } of checks) {
      const findings = await run(new URL(`file://${folder}/`), new AbortController().signal);
      found.push(
        ...findings.map(({ path, line, remedy }) => `${name}: ${path}:${line}${remedy === "" ? " no remedy" : ""}`),
      );
    }
    return found;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const SOUND = `/**
 * One more.
 *
 * @example
 * \`\`\`ts
 * import assert from "node:assert/strict";
 * assert.equal(next(1), 2);
 * \`\`\`
 */
export function next(n: number): number {
  return n + 1;
}
`;

const PROCESSES = { "jobs/main.ts": "export {};\n", "jobs/commands/doctor.ts": "export {};\n" };

Deno.test("a sound tree passes every check", async () => {
  assert.deepEqual(await findingsIn({ ...PROCESSES, "engine/money/next.ts": SOUND }), []);
});

Deno.test("each check finds what is planted for it, with its line", async () => {
  const found = await findingsIn({
    ...PROCESSES,
    "engine/money/unformatted.ts": "export const a  = 1;\n",
    "engine/money/clock.ts": "export const now = () => Date.now();\n",
    "engine/money/silent.ts":
      "export {};\n// deno-lint-ignore crypto-trader/pure\nexport const now = () => Date.now();\n",
    "engine/money/mistyped.ts": `export const text: string = "a";\nexport const wrong: number = text;\n`,
    "engine/money/example.ts": SOUND.replace("next(1), 2", "next(1), 3"),
    "engine/money/upwards.ts": `import "../trader/mod.ts";\n`,
    "engine/trader/mod.ts": "export {};\n",
    "engine/surprise/mod.ts": "export {};\n",
  });
  for (
    const expected of [
      "format: engine/money/unformatted.ts:1",
      "lint and banned names: engine/money/clock.ts:1",
      "lint and banned names: engine/money/silent.ts:2",
      "types: engine/money/mistyped.ts:2",
      "imports: engine/money/upwards.ts:1",
      "imports: engine/surprise/mod.ts:1",
    ]
  ) {
    assert(found.includes(expected), `${expected} is not in\n${found.join("\n")}`);
  }
  assert(found.some((finding) => /^doc examples: engine\/money\/example\.ts/.test(finding)), found.join("\n"));
});
