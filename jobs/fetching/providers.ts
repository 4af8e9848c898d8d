import { type Exchange, openExchange, ProviderGroup, type ProviderSwitch } from "../../engine/exchanges/mod.ts";
import { systemClock } from "../../engine/time/mod.ts";
import { interruption } from "../interruption.ts";
import { note } from "../output.ts";
import { readSettings } from "../settings.ts";

/** Providers of a fetch, the preferred one first, and the switches between them as they come. */
export interface Providers {
  readonly exchanges: readonly Exchange[];
  readonly group: ProviderGroup;
  readonly switches: readonly ProviderSwitch[];
  close(): Promise<void>;
}

/** Opens exchanges by their ids. An address that the settings state is that of the first. */
export async function openProviders(ids: readonly string[], exchangeUrl?: string): Promise<Providers> {
  const { exchangeUrl: baseUrl } = readSettings({ exchangeUrl }).values;
  const exchanges: Exchange[] = [];
  for (const [i, id] of ids.entries()) {
    exchanges.push(await openExchange(id, { signal: interruption, ...(i > 0 || baseUrl === null ? {} : { baseUrl }) }));
  }
  const switches: ProviderSwitch[] = [];
  const group = new ProviderGroup(exchanges, systemClock, (change) => {
    switches.push(change);
    note(`${change.market}: ${change.to} takes over from ${change.from} (${change.reason})`);
  });
  const close = async () => {
    await Promise.allSettled(exchanges.map((exchange) => exchange.close()));
  };
  return { exchanges, group, switches, close };
}
