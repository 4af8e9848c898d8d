import { interruption } from "../interruption.ts";
import { readSettings } from "../settings.ts";
import { openProviders, type Providers } from "./providers.ts";
import { openVenueBudget } from "./venue_budget.ts";

/** Works with providers that share the budget of this installation, until Ctrl-C; the first is at the address that is stated. */
export async function withProviders<T>(
  ids: readonly string[],
  exchangeUrl: string | undefined,
  work: (providers: Providers) => Promise<T>,
): Promise<T> {
  const shared = await openVenueBudget();
  try {
    const { exchangeUrl: baseUrl } = readSettings({ exchangeUrl }).values, { budget } = shared;
    const providers = await openProviders(ids, {
      exchangeUrl: baseUrl,
      signal: interruption,
      ...(budget === undefined ? {} : { budget }),
    });
    try {
      return await work(providers);
    } finally {
      await providers.close();
    }
  } finally {
    await shared.close();
  }
}
