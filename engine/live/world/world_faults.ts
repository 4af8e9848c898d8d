/** Why a fault of docs/reliability.md is not acted out in the world, by its number: what has no place in one trading session. */
export const NOT_IN_WORLD: Readonly<Record<string, string>> = {
  C39: "a session has one source of candles; another one is another session",
  C40: "a market of another name is another market: the one before it ends (A13)",
  C41: "sessions read no order book; the adapters' tests drop one with a gap",
  E56: "sessions use no cache: leases and journal are in the database alone",
  E60: "a process of the world has no memory of its own to run out of; release crash kills real ones",
  E62: "all processes of a world are of one version; golden journals are read by the tests of the journal",
  F69: "candles come from the venue; the lake's tests tear its files",
  F70: "files of candles are the lake's: its tests replace them under readers",
  F71: "the store keeps all; the journal's tests keep what is still needed",
  F72: "a yesterday's backup is F66 with more lost; release crash restores a database",
  F73: "the audit chain is not a session's; its tests edit, cut and reorder it",
};

/** Sections of the catalogue that speak of trading, with their first and last number. */
const SECTIONS = [["A", 1, 16], ["B", 17, 30], ["C", 31, 42], ["D", 43, 52], ["E", 53, 63], ["F", 64, 73]] as const;

/** Numbers of all faults that the world acts out. */
export const WORLD_FAULTS: readonly string[] = SECTIONS.flatMap(([section, first, last]) =>
  Array.from({ length: last - first + 1 }, (_, i) => `${section}${first + i}`)
).filter((id) => !(id in NOT_IN_WORLD));

/** How often each of them struck, of counts by names that begin with numbers; 0 for what never did. */
export function firedByNumber(fired: Readonly<Record<string, number>>): Record<string, number> {
  const sums: Record<string, number> = Object.fromEntries(WORLD_FAULTS.map((id) => [id, 0]));
  for (const [name, times] of Object.entries(fired)) {
    const id = name.split(" ")[0]!;
    if (id in sums) sums[id]! += times;
  }
  return sums;
}
