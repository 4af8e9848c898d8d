import type { Series } from "../series/mod.ts";

/** All parts of series that say something, inputs before what is made of them; constants and inner scopes left out. */
export function partsOf(roots: readonly Series[]): Series[] {
  const found = new Set<Series>();
  const walk = (node: Series): void => {
    if (node.operation.kind === "constant" || found.has(node)) return;
    if (node.operation.kind !== "on" && node.operation.kind !== "of") node.inputs.forEach(walk);
    found.add(node);
  };
  roots.forEach(walk);
  return [...found];
}
