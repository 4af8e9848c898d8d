// What a run of the tests comes to, from the report that Deno's runner writes in JUnit's format.

/** How many tests ended how. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/**
 * Counts of a JUnit report. A test that says `skipped: …` on its own line (see engine/testing/shared_data.ts) counts as
 * skipped. The report leaves out a file that could not be loaded, so a run without success has at least one failure.
 */
export function testCounts(junit: string, output: string, success: boolean): TestCounts {
  const total = junit.match(/<testcase /g)?.length ?? 0, failures = junit.match(/<(failure|error) /g)?.length ?? 0;
  const ignored = junit.match(/<skipped\/>/g)?.length ?? 0, said = output.match(/^skipped: /gm)?.length ?? 0;
  const failed = success ? failures : Math.max(1, failures);
  return { passed: Math.max(0, total - failures - ignored - said), failed, skipped: ignored + said };
}

/** The last line of a run. */
export function closingLine({ passed, failed, skipped }: TestCounts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}
