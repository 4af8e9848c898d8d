// Test support only, loaded before every test file: one commit draws the same random cases wherever its tests run.
import fc from "fast-check";

/** Where the draws of properties begin; `CRYPTO_TRADER_RANDOM_SEED=7` in the environment draws others. */
export const RANDOM_SEED = Number(Deno.env.get("CRYPTO_TRADER_RANDOM_SEED") ?? 20_240_805);

fc.configureGlobal({ seed: RANDOM_SEED });
