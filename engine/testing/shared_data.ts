// Test support only: where the shared candles and reference numbers lie, and what to do without them.

const ROOT = new URL("../../", import.meta.url);

/** Absolute path of a file of the shared data folder (`SHARED_DIR`, else `../shared` beside the repository), if it is there. */
export function sharedPath(relative: string): string | undefined {
  const folder = Deno.env.get("SHARED_DIR") ?? decodeURIComponent(new URL("../shared", ROOT).pathname);
  const path = `${folder}/${relative}`;
  try {
    Deno.statSync(path);
    return path;
  } catch {
    return undefined;
  }
}

/** What `REQUIRE` may list: a test of that kind must then run. */
export type Requirement = "goldens" | "services" | "browser";

/**
 * True when the test can go on. Otherwise it says what it skips; with the kind listed in `REQUIRE` a skip is a failure.
 */
export function requireOrSkip(kind: Requirement, available: boolean, what: string): boolean {
  if (available) return true;
  if ((Deno.env.get("REQUIRE") ?? "").split(",").includes(kind)) {
    throw new Error(`${what} is required (REQUIRE lists ${kind}) and was not found`);
  }
  console.log(`skipped: ${what} was not found`);
  return false;
}
