/** Where loaders find candles, runs and executed notebooks: what the site build says, else what a fresh clone has. */
export const DATA_DIR = Deno.env.get("CRYPTO_TRADER_DATA_DIR") ?? "data";
