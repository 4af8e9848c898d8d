import assert from "node:assert/strict";
import { InputError } from "../errors/mod.ts";
import { assertClose } from "../testing/assert_close.ts";
import { readReturns, returnsReport, type TextRow } from "./mod.ts";

/** The rows of a table written with commas, one a line. */
function rows(...lines: string[]): TextRow[] {
  return lines.map((text, i) => ({ line: i + 1, cells: text.split(",") }));
}

Deno.test("a table of dates and returns is read as it stands", () => {
  const series = readReturns(rows("date,ret", "2024-01-01,0.01", "2024-01-02,-0.02", "2024-01-03,1e-3"));
  assert.deepEqual([series.column, series.kind, series.calendarDays, series.startMs], ["ret", "returns", 3, null]);
  assert.deepEqual([...series.returns], [0.01, -0.02, 0.001]);
  assert.deepEqual([...series.timeMs!], [1, 2, 3].map((day) => Date.UTC(2024, 0, day)));
});

Deno.test("equity becomes the returns between its rows", () => {
  const series = readReturns(rows("time,Equity", "2024-01-01,100", "2024-01-02,110", "2024-01-05,99"));
  assert.deepEqual([...series.returns], [110 / 100 - 1, 99 / 110 - 1]);
  assert.deepEqual([series.kind, series.calendarDays, series.startMs], ["equity", 4, Date.UTC(2024, 0, 1)]);
});

Deno.test("columns are found by name, whatever their case and signs, and returns before equity", () => {
  const cases: [header: string, column: string, kind: string][] = [
    ["Date,Pct_Change", "Pct_Change", "returns"],
    ["Date,Adj Close", "Adj Close", "equity"],
    ["close,returns", "returns", "returns"],
    ["date,open,high,low,close,volume", "close", "equity"],
  ];
  for (const [header, column, kind] of cases) {
    const values = header.split(",").map((name, i) => /date/i.test(name) ? "2024-01-0" : i === 0 ? "0.1" : "0.5");
    const line = (day: number) => values.map((value) => value.endsWith("-0") ? value + day : value).join(",");
    const series = readReturns(rows(header, line(1), line(2)));
    assert.deepEqual([series.column, series.kind], [column, kind], header);
  }
});

Deno.test("a column of any name can be chosen with its kind, and the only one needs no choice", () => {
  const table = rows("strategy a,b", "0.1,5", "0.2,6");
  assert.equal(readReturns(table, { column: "strategy a", kind: "returns" }).returns.length, 2);
  assert.equal(readReturns(table, { column: "b", kind: "equity" }).returns.length, 1);
  assert.equal(readReturns(rows("x", "0.1"), { kind: "returns" }).column, "x");
});

Deno.test("the missing first value of percent changes and empty lines are left out", () => {
  assert.deepEqual([...readReturns(rows("d,pct_change", "1,", ",", "2,0.5")).returns], [0.5]);
  assert.deepEqual([...readReturns(rows("d,pct_change", "1,NaN", "2,0.5")).returns], [0.5]);
});

Deno.test("times may be dates, moments with an offset, or counts since 1970 in s, ms, µs or ns", () => {
  const times = ["2024-01-01", "20240101", "2024-01-01 00:00:00+00:00", "2024-01-01T02:00:00.000+02:00"];
  const counts = [
    "1704067200",
    "1704067200000",
    "1704067200000000",
    "1704067200000000000",
    "2024-01-01T00:00:00.000000Z",
  ];
  for (const time of [...times, ...counts]) {
    assert.deepEqual([...readReturns(rows("time,ret", `${time},0.1`)).timeMs!], [Date.UTC(2024, 0, 1)], time);
  }
});

Deno.test("each unusable table is refused in one sentence that names the place and the remedy", () => {
  const cases: [table: string[], layout: Parameters<typeof readReturns>[1], message: RegExp][] = [
    [[], {}, /^the table is empty: write a header/],
    [["", " "], {}, /^the table is empty/],
    [["date,ret"], {}, /^column ret has 0 values: 1 or more are needed/],
    [["equity", "100"], {}, /^column equity has 1 values: 2 or more are needed/],
    [["2024-01-01,0.1"], {}, /^line 1 has values where the header should be/],
    [
      ["date,foo,bar", "2024-01-01,1,2"],
      {},
      /^no column of date, foo, bar is known as returns or equity: name it with --column/,
    ],
    [["date,foo", "2024-01-01,1"], {}, /^it is not clear what column foo holds: say --kind/],
    [["date,ret", "2024-01-01,1"], { column: "rett" }, /^there is no column rett: did you mean ret\?/],
    [["date,ret", "2024-01-01,1"], { column: "profit" }, /^there is no column profit: the table has date, ret$/],
    [["ret", "0.1", "abc"], {}, /^line 3, column ret: "abc" is not a number: write a finite number/],
    [["ret", "0.1", "1.5%"], {}, /^line 3, column ret: "1.5%" is not a number: write fractions, 0.01 for 1 %/],
    [["ret,x", "0.1,1", ",1"], {}, /^line 3, column ret: nothing is not a number: fill it in/],
    [["ret", "0.1", "Infinity"], {}, /^line 3, column ret: "Infinity" is not a number/],
    [["ret", "0.1", "1e999"], {}, /^line 3, column ret: "1e999" is not a number/],
    [["ret", "0.1", "-1"], {}, /^line 3, column ret: a return of -1 loses everything/],
    [["equity", "10", "0"], {}, /^line 3, column equity: an equity of 0 has no return after it/],
    [["date,ret", "2024-01-02,0", "2024-01-01,0"], {}, /^line 3: 2024-01-01 is not after the time of the row before/],
    [["date,ret", "2024-01-02,0", "2024-01-02,0"], {}, /^line 3: 2024-01-02 is not after/],
    [["date,ret", "02.01.2024,0"], {}, /^line 2: "02.01.2024" is not a time: write 2024-08-05/],
    [["date,ret", "2024-02-30,0"], {}, /^line 2: "2024-02-30" is not a time/],
  ];
  for (const [table, layout, message] of cases) {
    assert.throws(() => readReturns(rows(...table), layout), (error) => {
      assert.ok(error instanceof InputError, `${error}`);
      assert.match(error.message, message);
      return true;
    });
  }
});

Deno.test("the report has every figure with its convention, drawdowns with their dates, and months", () => {
  const lines = [0.1, -0.2, 0.3, -0.5].map((value, i) => `2024-01-3${i},${value}`).slice(0, 2);
  const series = readReturns(rows("date,ret", ...lines, "2024-02-01,0.3", "2024-02-02,-0.5"));
  const report = returnsReport(series, { periodsPerYear: 4 });
  assert.deepEqual(Object.keys(report.conventions).sort(), Object.keys(report.metrics).sort());
  assert.deepEqual(report.series, { column: "ret", kind: "returns", returns: 4, from: "2024-01-30", to: "2024-02-02" });
  // 1.1 × 0.8 × 1.3 × 0.5 = 0.572, four periods in a year of four
  assertClose(report.metrics.cagrFraction, -0.428, "CAGR");
  const [deepest, other] = report.drawdowns;
  assertClose(deepest!.depthFraction, -0.5, "from 1.144 to 0.572");
  assert.deepEqual([deepest!.peakTime, deepest!.valleyTime, deepest!.recoveryTime], ["2024-02-01", "2024-02-02", null]);
  assert.deepEqual([other!.peakTime, other!.valleyTime, other!.recoveryTime], [
    "2024-01-30",
    "2024-01-31",
    "2024-02-01",
  ]);
  assertClose(report.monthlyReturns![0]!.monthFractions[0]!, -0.12, "January");
  assertClose(report.monthlyReturns![0]!.monthFractions[1]!, -0.35, "February");
});

Deno.test("rows that do not fit the periods of a year, and percentages in place of fractions, are warned of", () => {
  const warnings = (table: string[], periodsPerYear: number) =>
    returnsReport(readReturns(rows("time,ret", ...table)), { periodsPerYear }).warnings;
  const hours = ["2024-01-01T00:00,0.01", "2024-01-01T01:00,0.02", "2024-01-01T02:00,0.01"];
  assert.match(warnings(hours, 365)[0]!, /about 8760 periods a year, not 365/);
  assert.deepEqual(warnings(hours, 8760), []);
  const days = ["2024-01-01,0.01", "2024-01-02,0.02"];
  assert.deepEqual([warnings(days, 365), warnings(days, 252)], [[], []]);
  assert.match(warnings(["2024-01-01,1.5", "2024-01-02,-0.7"], 365)[0]!, /returns are fractions/);
});

Deno.test("a year without periods and a rate below −100 % are refused", () => {
  const series = readReturns(rows("ret", "0.1", "0.2"));
  for (const periodsPerYear of [0, -1, NaN, Infinity]) {
    assert.throws(() => returnsReport(series, { periodsPerYear }), /periods a year make no year/);
  }
  assert.throws(() => returnsReport(series, { riskFreeAnnualFraction: -1 }), /a yearly rate of -1 cannot be/);
  assert.throws(() => returnsReport(series, { requiredAnnualFraction: NaN }), /a yearly rate of NaN cannot be/);
});
