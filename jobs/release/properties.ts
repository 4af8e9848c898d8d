// What is drawn by chance in the tests, as often as a release asks for (RELIABILITY G13, G14, G17).
import { errorOfDeno } from "../spawned_deno.ts";
import { testArguments } from "../test_arguments.ts";
import type { ReleasePart } from "./release_part.ts";

const ROOT = new URL("../../", import.meta.url), LIMIT_MS = 60 * 60_000;
const HISTORIES = 1_000_000, HISTORIES_PER_CASE = 10_000, FILLS = 200, CORRUPTIONS = 5_000, TAMPERINGS = 10_000;

/** Tests, and the counts that they read from the environment. */
interface Draws {
  readonly tests: readonly string[];
  readonly counts: Readonly<Record<string, string>>;
  readonly draws: number;
}

interface DrawnResult {
  readonly draws: number;
  readonly seconds: number;
  /** What failed; null where all held. */
  readonly failure: string | null;
}

const CASES: ReadonlyMap<string, Draws> = new Map([
  ["corruptions", {
    tests: ["engine/lake/corruption_test.ts"],
    counts: { CORRUPTIONS: `${CORRUPTIONS}` },
    draws: CORRUPTIONS,
  }],
  ["tamperings", {
    tests: ["engine/security/audit_test.ts"],
    counts: { TAMPERINGS: `${TAMPERINGS}` },
    draws: TAMPERINGS,
  }],
  ...Array.from({ length: HISTORIES / HISTORIES_PER_CASE }, (_, i): [string, Draws] => [`histories/${i + 1}`, {
    tests: ["engine/portfolio/account_test.ts", "engine/portfolio/book_cash_test.ts"],
    counts: { CRYPTO_TRADER_RANDOM_SEED: `${i + 1}`, CRYPTO_TRADER_HISTORY_FILLS: `${FILLS}` },
    draws: HISTORIES_PER_CASE,
  }]),
]);

export const propertiesPart: ReleasePart<DrawnResult> = {
  name: "properties",
  summary: "histories of accounts, damaged candles and a tampered audit chain, as many as a release asks for",
  cases: [...CASES.keys()],
  async work({ cases, keep, isStopped, note }) {
    const args = await testArguments();
    for (const name of cases) {
      if (isStopped()) return;
      const { tests, counts, draws } = CASES.get(name)!, beganMs = performance.now();
      const failure = await errorOfDeno([...args, ...tests], { root: ROOT, limitMs: LIMIT_MS, env: counts });
      if (failure !== null) note(`${name}: ${failure}`);
      await keep(name, { draws, seconds: Math.round((performance.now() - beganMs) / 100) / 10, failure });
    }
  },
  verdict(results) {
    const draws: Record<string, number> = {};
    for (const [name, own] of results) {
      const kind = name.split("/")[0]!;
      draws[kind] = (draws[kind] ?? 0) + own.draws;
    }
    const failures = [...results].flatMap(([name, { failure }]) => failure === null ? [] : [`${name}: ${failure}`]);
    return { holds: failures.length === 0, figures: { draws, failures } };
  },
};
