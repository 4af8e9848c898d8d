import { INDICATORS } from "../indicators/mod.ts";
import {
  close,
  crossesAbove,
  crossesBelow,
  highest,
  type Kernel,
  kernelsOf,
  type KernelTable,
  lowest,
  type Series,
  shift,
} from "../series/mod.ts";

/** Every kernel that another thread knows, too: those of the indicators and of series themselves. */
export function knownKernels(): KernelTable {
  const indicators = INDICATORS.flatMap(({ build, parameters }) => build(...parameters.map((own) => own.default)));
  const own = [crossesAbove(close, 1), crossesBelow(close, 1), highest(close, 2), lowest(close, 2), shift(close, 1)];
  return kernelsOf([...indicators, ...own]);
}

/** True when a thread that knows these kernels can make the series of their JSON form. */
export function canBeSent(roots: readonly Series[], known: ReadonlyMap<string, Kernel>): boolean {
  return [...kernelsOf(roots)].every(([name, kernel]) => known.get(name) === kernel);
}
