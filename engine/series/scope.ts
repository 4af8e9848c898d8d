import { InputError } from "../errors/mod.ts";
import { type Timeframe, timeframe } from "../time/mod.ts";
import { intern, type Series } from "./series.ts";

/**
 * The series `e` of a coarser timeframe, made of the base candles: kernels inside count coarse candles. A coarse candle
 * is seen with the first base candle that closes at or after its end, even where base candles are missing, and held
 * until the next one; a first one whose beginning is missing is left out.
 *
 * @throws {InputError} `series` when `e` itself leaves its timeframe or symbol.
 */
export function on(coarser: string, e: Series): Series {
  refuseInside(e, ["on", "of"], "on()");
  return intern({ kind: "on", timeframe: timeframe(coarser) as Timeframe }, [e]);
}

/**
 * The series `e` of another symbol of the same exchange and timeframe, as of its last candle closed by now; unknown
 * before its first.
 *
 * @throws {InputError} `series` when `e` itself speaks of another symbol.
 */
export function of(symbol: string, e: Series): Series {
  refuseInside(e, ["of"], "of()");
  return intern({ kind: "of", symbol }, [e]);
}

function refuseInside(e: Series, kinds: readonly string[], what: string): void {
  const seen = new Set<Series>();
  const walk = (node: Series): void => {
    if (seen.has(node)) return;
    seen.add(node);
    const { kind } = node.operation;
    if (kinds.includes(kind)) {
      throw new InputError(
        "series",
        `${kind}() cannot stand inside ${what}: write ${kind === "on" ? "it beside" : "of() outside"}`,
      );
    }
    node.inputs.forEach(walk);
  };
  walk(e);
}
