import assert from "node:assert/strict";
import { closingLine, testCounts } from "./test_report.ts";

const junit = `<testsuites name="deno test" tests="4" failures="1" errors="0" time="0.1">
  <testsuite name="./a_test.ts" tests="4" disabled="1" errors="0" failures="1">
    <testcase name="a" classname="./a_test.ts" time="0.001"></testcase>
    <testcase name="b" classname="./a_test.ts" time="0.000"><skipped/></testcase>
    <testcase name="c" classname="./a_test.ts" time="0.006"><failure message="no">no</failure></testcase>
    <testcase name="d" classname="./a_test.ts" time="0.006"></testcase>
  </testsuite>
</testsuites>`;

Deno.test("the closing line counts what the report says", () => {
  assert.equal(closingLine(testCounts(junit, "", false)), "2 passed, 1 failed, 1 skipped");
});

Deno.test("a test that says what it skipped is not a passed one", () => {
  assert.equal(
    closingLine(testCounts(junit, "x\nskipped: goldens/x.json was not found\n", false)),
    "1 passed, 1 failed, 2 skipped",
  );
});

Deno.test("a run that failed without a failed test, as when a file cannot be loaded, has one failure", () => {
  assert.equal(closingLine(testCounts("<testsuites></testsuites>", "", false)), "0 passed, 1 failed");
  assert.equal(closingLine(testCounts(`<testcase name="a"></testcase>`, "", true)), "1 passed, 0 failed");
});
