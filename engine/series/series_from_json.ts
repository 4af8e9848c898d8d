// Series out of their JSON form: for another thread, to which only data can be sent.
import { InputError } from "../errors/mod.ts";
import type { ValueColumn } from "../market/mod.ts";
import type { Kernel } from "./kernel.ts";
import { POINTWISE } from "./pointwise.ts";
import { of, on } from "./scope.ts";
import { applyKernel, constant, intern, type Series, type SeriesJson } from "./series.ts";

/** Kernels by name. */
export type KernelTable = ReadonlyMap<string, Kernel>;

/** The kernels that series are made of, by name. */
export function kernelsOf(roots: readonly Series[]): Map<string, Kernel> {
  const kernels = new Map<string, Kernel>(), seen = new Set<Series>();
  const walk = (node: Series): void => {
    if (seen.has(node)) return;
    seen.add(node);
    if (node.operation.kind === "kernel") kernels.set(node.operation.kernel.name, node.operation.kernel);
    node.inputs.forEach(walk);
  };
  roots.forEach(walk);
  return kernels;
}

/**
 * The series of a JSON form: the same node as the one that it was made of.
 *
 * @throws {InputError} `series` for an operation or a kernel that is not known.
 */
export function seriesFromJson(json: SeriesJson, kernels: KernelTable): Series {
  const [name, ...rest] = json as [string, ...SeriesJson];
  const inputsOf = (parts: SeriesJson) => parts.map((part) => seriesFromJson(part as SeriesJson, kernels));
  switch (name) {
    case "candle":
      return intern({ kind: "candle", column: rest[0] as ValueColumn });
    case "close-time":
      return intern({ kind: "close-time" });
    case "constant":
      return constant(rest[0] as number);
    case "on":
      return on(rest[0] as string, inputsOf(rest.slice(1))[0]!);
    case "of":
      return of(rest[0] as string, inputsOf(rest.slice(1))[0]!);
    case "kernel": {
      const [kernelName, output, count] = rest as [string, number, number];
      const kernel = kernels.get(kernelName);
      if (kernel === undefined) {
        throw new InputError("series", `there is no kernel "${kernelName}" to make a series of`);
      }
      const params = rest.slice(3, 3 + count) as number[];
      return applyKernel(kernel, inputsOf(rest.slice(3 + count)), params)[output]!;
    }
  }
  if (!Object.hasOwn(POINTWISE, name)) throw new InputError("series", `there is no operation "${name}" of series`);
  const pointwise = POINTWISE[name as keyof typeof POINTWISE];
  return intern({ kind: "pointwise", pointwise }, inputsOf(rest));
}
