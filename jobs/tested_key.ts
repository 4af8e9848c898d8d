// Asks a venue what a key may do.
import { CodedError } from "../engine/errors/mod.ts";
import { AccountKey, type Exchange, openExchange } from "../engine/exchanges/mod.ts";
import { keyFaults, type KeyReport, type KeySecrets } from "../engine/security/mod.ts";
import { interruption } from "./interruption.ts";
import { venueHost } from "./service_hosts.ts";

/** What a key may do, where, and why it must not be used; nothing against it where the list is empty. */
export interface KeyTest extends KeyReport {
  readonly faults: readonly string[];
}

/**
 * Asks the venue, or the exchange at an address in its place.
 *
 * @throws {CodedError} `key-untested` when it does not answer, or not as it should: nothing is known of the key then.
 */
export async function testedKey(venue: string, secrets: KeySecrets, exchangeUrl: string | null): Promise<KeyTest> {
  const exchange = await openExchange(venue, {
    key: accountKeyOf(secrets),
    signal: interruption,
    ...(exchangeUrl === null ? {} : { baseUrl: exchangeUrl }),
  });
  try {
    return await testedOn(exchange, venue, exchangeUrl);
  } finally {
    await exchange.close();
  }
}

/** The same, at a venue that is open with the key. */
export async function testedOn(exchange: Exchange, venue: string, exchangeUrl: string | null): Promise<KeyTest> {
  const asked = await exchange.keyPermissions(), host = venueHost(venue, exchangeUrl);
  if (asked.kind === "done") return { permissions: asked.value, faults: keyFaults(asked.value), host };
  throw new CodedError("key-untested", `${venue} did not say what the key may do (${asked.kind}): ${asked.reason}`);
}

/** A key of the vault as a venue's account is opened with it. */
export function accountKeyOf({ apiKey, secret, password }: KeySecrets): AccountKey {
  return new AccountKey({
    apiKey: apiKey.reveal(),
    secret: secret.reveal(),
    ...(password === null ? {} : { password: password.reveal() }),
  });
}
