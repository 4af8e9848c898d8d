import { decimalToNumber, price, priceFromNumber } from "./mod.ts";

const cent = price("0.01"), pico = price("0.000000000001");
Deno.bench("priceFromNumber on the grid", () => void priceFromNumber(29789.27, cent, "up"));
Deno.bench("priceFromNumber off the grid", () => void priceFromNumber(29789.269088302146, cent, "up"));
Deno.bench("priceFromNumber on a grid finer than float64", () => void priceFromNumber(29789.269088302146, pico, "up"));
Deno.bench("decimalToNumber of 24 digits", () => void decimalToNumber(9_599_809_315_128_620_000_000_000_000_000n, 24));
