/** Runs as links name them: those of one name are told apart by the beginning of their hashes, as commands show them. */
export function runNames(runs: readonly { readonly name: string; readonly hash: string }[]): string[] {
  const count = new Map<string, number>();
  for (const { name } of runs) count.set(name, (count.get(name) ?? 0) + 1);
  return runs.map(({ name, hash }) => count.get(name)! > 1 ? `${name} · ${hash.slice(0, 7)}` : name);
}
