/** The first name beside the known ones under which an object states something; null without any. */
export function firstStated(object: object, known: readonly string[]): string | null {
  const found = Object.entries(object).find(([name, value]) =>
    value !== undefined && value !== false && value !== null && !known.includes(name)
  );
  return found?.[0] ?? null;
}
