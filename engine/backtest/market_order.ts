/** The same values by their names, in the order of code units: the same on every machine and in every language. */
export function inOrder<T>(values: readonly T[], nameOf: (value: T) => string): T[] {
  return [...values].sort((a, b) => {
    const [first, second] = [nameOf(a), nameOf(b)];
    return first < second ? -1 : first > second ? 1 : 0;
  });
}
