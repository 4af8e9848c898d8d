// Series as plain data and out of it again: for another thread, to which only data can be sent.
import { InputError } from "../errors/mod.ts";
import type { ValueColumn } from "../market/mod.ts";
import { type Kernel, MOST_INPUTS } from "./kernel.ts";
import { POINTWISE } from "./pointwise.ts";
import { of, on } from "./scope.ts";
import { applyKernel, constant, intern, operationJson, type Series, type SeriesJson } from "./series.ts";

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

/** Series as data, each of them once, however many others are made of it. */
export interface SeriesTable {
  /** JSON forms of nodes without their inputs. */
  readonly operations: readonly SeriesJson[];
  /** Of each node the place of its operation, and places of its inputs, which come before it; −1 beyond them. */
  readonly nodes: Int32Array;
}

const NODE_NUMBERS = 1 + MOST_INPUTS;

/** Collects series. */
export class SeriesTableWriter {
  readonly #operations: SeriesJson[] = [];
  readonly #nodes: number[] = [];
  /** By what is the same for equal operations: a node has one of its own, but for those of plain arithmetic. */
  readonly #operationPlaces = new Map<object, number>();
  readonly #places = new Map<Series, number>();

  /** @param kernels Those that a reader knows. */
  constructor(readonly kernels: KernelTable) {}

  /** The place of a series in the table; −1 of one that has a kernel which its reader does not know. */
  place(node: Series): number {
    let place = this.#places.get(node);
    if (place === undefined) this.#places.set(node, place = this.#add(node));
    return place;
  }

  table(): SeriesTable {
    return { operations: this.#operations, nodes: Int32Array.from(this.#nodes) };
  }

  #add({ operation, inputs }: Series): number {
    if (operation.kind === "kernel" && this.kernels.get(operation.kernel.name) !== operation.kernel) return -1;
    const places = inputs.map((input) => this.place(input));
    if (places.includes(-1)) return -1;
    const key = operation.kind === "pointwise" ? operation.pointwise : operation;
    let place = this.#operationPlaces.get(key);
    if (place === undefined) {
      this.#operationPlaces.set(key, place = this.#operations.length);
      this.#operations.push(operationJson(operation));
    }
    for (let i = 0; i < NODE_NUMBERS; i++) this.#nodes.push(i === 0 ? place : places[i - 1] ?? -1);
    return this.#nodes.length / NODE_NUMBERS - 1;
  }
}

/**
 * The series of a table by their places: the same nodes as those that it was made of.
 *
 * @throws {InputError} `series` for an operation or a kernel that is not known.
 */
export function seriesOfTable({ operations, nodes }: SeriesTable, kernels: KernelTable): Series[] {
  const made: Series[] = [];
  for (let at = 0; at < nodes.length; at += NODE_NUMBERS) {
    const inputs: Series[] = [];
    for (let i = 1; i < NODE_NUMBERS && nodes[at + i]! >= 0; i++) inputs.push(made[nodes[at + i]!]!);
    made.push(seriesOf(operations[nodes[at]!]!, inputs, kernels));
  }
  return made;
}

function seriesOf(operation: SeriesJson, inputs: readonly Series[], kernels: KernelTable): Series {
  const [name, ...rest] = operation as [string, ...SeriesJson];
  switch (name) {
    case "candle":
      return intern({ kind: "candle", column: rest[0] as ValueColumn });
    case "close-time":
      return intern({ kind: "close-time" });
    case "constant":
      return constant(rest[0] as number);
    case "on":
      return on(rest[0] as string, inputs[0]!);
    case "of":
      return of(rest[0] as string, inputs[0]!);
    case "kernel": {
      const [kernelName, output] = rest as [string, number];
      const kernel = kernels.get(kernelName);
      if (kernel === undefined) {
        throw new InputError("series", `there is no kernel "${kernelName}" to make a series of`);
      }
      return applyKernel(kernel, inputs, rest.slice(3) as number[])[output]!;
    }
  }
  if (!Object.hasOwn(POINTWISE, name)) throw new InputError("series", `there is no operation "${name}" of series`);
  return intern({ kind: "pointwise", pointwise: POINTWISE[name as keyof typeof POINTWISE] }, inputs);
}
