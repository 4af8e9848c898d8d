/** At most so many of a list, evenly spread over it, in their order. */
export function thinned<T>(all: readonly T[], most: number): readonly T[] {
  return all.length <= most ? all : Array.from({ length: most }, (_, i) => all[Math.floor(i * all.length / most)]!);
}
