// Test support only: properties of random accounts that share their runs.
import fc from "fast-check";
import type { Recipe } from "./random_account.ts";
import { RANDOM_SEED } from "./random_seed.ts";

/** Looks at what was made of a recipe; throws where the property does not hold. */
export type Check<Run> = (run: Run) => void;

/** How many accounts are drawn for each property; `RANDOM_ACCOUNTS=200000` in the environment draws more. */
export const RANDOM_ACCOUNTS = Number(Deno.env.get("RANDOM_ACCOUNTS") ?? 10_000);

/** The name of the property that runs can be made at all. */
const COMPLETES = "every run comes to its end, without an alarm";

/**
 * Properties of the same runs. Each is a test of its own; the runs are made once, for the first of them. What fails is
 * tried again on its own, so that fast-check finds the smallest recipe.
 */
export class RandomRuns<Run> {
  readonly #checks = new Map<string, Check<Run>>();
  readonly #failed = new Set<string>();
  #isDone = false;

  /**
   * @param what Names the accounts in the tests' titles.
   * @param note Sees each run, to count what the properties are about.
   */
  constructor(
    readonly what: string,
    readonly recipes: fc.Arbitrary<Recipe>,
    readonly make: (recipe: Recipe) => Run,
    readonly note: (run: Run) => void,
  ) {
    this.#holds(COMPLETES, () => {});
  }

  /** Registers the test of a property. */
  holds(name: string, check: Check<Run>): void {
    this.#holds(name, check);
  }

  /** Makes the runs, once. */
  makeAll(): void {
    if (this.#isDone) return;
    this.#isDone = true;
    for (const recipe of fc.sample(this.recipes, { numRuns: RANDOM_ACCOUNTS, seed: RANDOM_SEED })) {
      let run: Run;
      try {
        run = this.make(recipe);
      } catch {
        this.#failed.add(COMPLETES);
        continue;
      }
      this.note(run);
      for (const [name, check] of this.#checks) {
        if (!this.#failed.has(name) && !passes(check, run)) this.#failed.add(name);
      }
    }
  }

  #holds(name: string, check: Check<Run>): void {
    this.#checks.set(name, check);
    Deno.test(`${name} (${RANDOM_ACCOUNTS.toLocaleString("en")} ${this.what})`, () => {
      this.makeAll();
      if (!this.#failed.has(name)) return;
      const again = (recipe: Recipe) => check(this.#made(recipe, name === COMPLETES));
      fc.assert(fc.property(this.recipes, again), { numRuns: RANDOM_ACCOUNTS, seed: RANDOM_SEED });
      throw new Error(`${name}: this failed once and does not again, so runs depend on each other`);
    });
  }

  /** A run that cannot be made says nothing of the other properties. */
  #made(recipe: Recipe, must: boolean): Run {
    try {
      return this.make(recipe);
    } catch (error) {
      fc.pre(must);
      throw error;
    }
  }
}

function passes<Run>(check: Check<Run>, run: Run): boolean {
  try {
    check(run);
    return true;
  } catch {
    return false;
  }
}
