/** Names of markets without the exchange, where all have the same one; other names as they are. */
export function shortNames(labels: readonly string[]): string[] {
  const exchanges = new Set(labels.map(exchangeOf).filter((exchange) => exchange !== null));
  return exchanges.size === 1 ? labels.map((label) => label.slice((exchangeOf(label)?.length ?? -1) + 1)) : [...labels];
}

function exchangeOf(label: string): string | null {
  const colon = label.indexOf(":");
  return colon < 0 ? null : label.slice(0, colon);
}
