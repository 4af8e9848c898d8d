/** The data folder beside the engine, wherever the notebook or program that uses it runs. */
export const DATA_DIR = decodeURIComponent(new URL("../data", import.meta.url).pathname);
