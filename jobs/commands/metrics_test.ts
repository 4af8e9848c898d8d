import assert from "node:assert/strict";

const ROOT = new URL("../../", import.meta.url);

/** Runs the command on a file of this text; gives its status and what it printed. */
async function metrics(text: string | Uint8Array, ...options: string[]) {
  const file = await Deno.makeTempFile({ suffix: ".csv" });
  try {
    await Deno.writeFile(file, typeof text === "string" ? new TextEncoder().encode(text) : text);
    return await program([file, ...options]);
  } finally {
    await Deno.remove(file);
  }
}

async function program(args: string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "--permission-set=read", "--no-prompt", "jobs/main.ts", "metrics", ...args],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
  }).output();
  return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
}

Deno.test("metrics --json gives figures and conventions of a file as spreadsheets write it", async () => {
  const { code, stdout, stderr } = await metrics(
    '\uFEFF"Date";"Ret"\r\n2024-01-01;0.1\r\n2024-01-02;-0.2\r\n',
    "--json",
  );
  assert.deepEqual([code, stderr], [0, ""]);
  const { metrics: figures, conventions, basis } = JSON.parse(stdout);
  assert.ok(Math.abs(figures.totalReturnFraction + 0.12) < 1e-12);
  assert.match(conventions.sharpe, /ddof 1/);
  assert.equal(basis.periodsPerYear, 365);
});

Deno.test("periods a year, risk-free rate, column and kind are options", async () => {
  const text = "day,mine\n2024-01-01,100\n2024-01-02,101\n2024-01-03,103\n";
  const options = [
    "--column",
    "mine",
    "--kind",
    "equity",
    "--periods-per-year",
    "252",
    "--risk-free",
    "0.04",
    "--json",
  ];
  const { metrics: figures, basis } = JSON.parse((await metrics(text, ...options)).stdout);
  assert.deepEqual(basis, { periodsPerYear: 252, riskFreeAnnualFraction: 0.04, requiredAnnualFraction: 0 });
  const returns = [101 / 100 - 1, 103 / 101 - 1], mean = (returns[0]! + returns[1]!) / 2;
  const deviation = Math.abs(returns[0]! - returns[1]!) / Math.SQRT2;
  const expected = (mean - (1.04 ** (1 / 252) - 1)) / deviation * Math.sqrt(252);
  assert.ok(Math.abs(figures.sharpe - expected) < 1e-9 * expected);
});

Deno.test("without --json the figures stand in a table with their conventions", async () => {
  const { stdout } = await metrics("ret\n0.1\n-0.2\n");
  assert.match(stdout, /^2 returns of column ret \(returns\); 365 in a year/);
  assert.match(stdout, /Total return +-12\.00 % +Π\(1 \+ r\) − 1/);
});

Deno.test("bad files end with status 1 and one sentence without a stack, wrong options with status 2", async () => {
  const cases: [file: Parameters<typeof metrics>[0], message: RegExp][] = [
    ["", /^error: the table is empty: write a header[^\n]*\n$/],
    ["ret\n0.1\nabc\n", /^error: line 3, column ret: "abc" is not a number[^\n]*\n$/],
    ["date,ret\n2024-01-02,0\n2024-01-01,0\n", /^error: line 3: 2024-01-01 is not after[^\n]*\n$/],
    [Uint8Array.of(0xff, 0xfe, 0x41, 0), /^error: .* is not text in UTF-8: save it as CSV\n$/],
  ];
  for (const [file, message] of cases) {
    const { code, stdout, stderr } = await metrics(file, "--json");
    assert.match(stderr, message);
    assert.deepEqual([code, stdout], [1, ""]);
  }
  const missing = await program(["no-such.csv"]), folder = await program(["jobs"]);
  assert.match(missing.stderr, /^error: there is no file no-such.csv: check the path[^\n]*\n$/);
  assert.match(folder.stderr, /^error: jobs is a folder: name the file in it\n$/);
  assert.deepEqual([missing.code, folder.code], [1, 1]);
  const kind = await metrics("ret\n0.1\n", "--kind", "prices"),
    count = await metrics("ret\n0.1\n", "--risk-free", "much");
  assert.deepEqual([kind.code, count.code], [2, 2]);
});
