import { INDICATORS } from "../indicators/mod.ts";
import {
  close,
  crossesAbove,
  crossesBelow,
  highest,
  kernelsOf,
  type KernelTable,
  lowest,
  shift,
} from "../series/mod.ts";

/** Every kernel that another thread knows, too: those of the indicators and of series themselves. */
export function knownKernels(): KernelTable {
  const indicators = INDICATORS.flatMap(({ build, parameters }) => build(...parameters.map((own) => own.default)));
  const own = [crossesAbove(close, 1), crossesBelow(close, 1), highest(close, 2), lowest(close, 2), shift(close, 1)];
  return kernelsOf([...indicators, ...own]);
}
