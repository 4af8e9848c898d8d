import { type Exchange, openExchange, ProviderGroup, type ProviderSwitch } from "../../engine/exchanges/mod.ts";
import type { RequestBudget } from "../../engine/market/mod.ts";
import { systemClock } from "../../engine/time/mod.ts";
import { note } from "../output.ts";

/** Providers of a fetch, the preferred one first, and the switches between them as they come. */
export interface Providers {
  readonly exchanges: readonly Exchange[];
  readonly group: ProviderGroup;
  readonly switches: readonly ProviderSwitch[];
  close(): Promise<void>;
}

/** How providers are opened. */
export interface ProviderOptions {
  /** Address of the first in place of its own hosts. */
  readonly exchangeUrl: string | null;
  /** Of all processes here; without one this process counts alone. */
  readonly budget?: RequestBudget;
  readonly signal: AbortSignal;
}

/** Opens exchanges by their ids. */
export async function openProviders(
  ids: readonly string[],
  { exchangeUrl, ...options }: ProviderOptions,
): Promise<Providers> {
  const exchanges: Exchange[] = [];
  const close = async () => {
    await Promise.allSettled(exchanges.map((exchange) => exchange.close()));
  };
  try {
    for (const [i, id] of ids.entries()) {
      exchanges.push(
        await openExchange(id, i > 0 || exchangeUrl === null ? options : { ...options, baseUrl: exchangeUrl }),
      );
    }
  } catch (error) {
    await close();
    throw error;
  }
  const switches: ProviderSwitch[] = [];
  const group = new ProviderGroup(exchanges, systemClock, (change) => {
    switches.push(change);
    note(`${change.market}: ${change.to} takes over from ${change.from} (${change.reason})`);
  });
  return { exchanges, group, switches, close };
}
