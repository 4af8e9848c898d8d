// Asks a venue what a key may do.
import { CodedError } from "../engine/errors/mod.ts";
import { AccountKey, openExchange } from "../engine/exchanges/mod.ts";
import { keyFaults, type KeyPermissions, type KeySecrets } from "../engine/security/mod.ts";
import { interruption } from "./interruption.ts";

/** What a key may do, and why it must not be used; nothing against it where the list is empty. */
export interface KeyTest {
  readonly permissions: KeyPermissions;
  readonly faults: readonly string[];
}

/**
 * Asks the venue, or the exchange at an address in its place.
 *
 * @throws {CodedError} `key-untested` when it does not answer, or not as it should: nothing is known of the key then.
 */
export async function testedKey(venue: string, secrets: KeySecrets, exchangeUrl: string | null): Promise<KeyTest> {
  const { apiKey, secret, password } = secrets;
  const exchange = await openExchange(venue, {
    key: new AccountKey({
      apiKey: apiKey.reveal(),
      secret: secret.reveal(),
      ...(password === null ? {} : { password: password.reveal() }),
    }),
    signal: interruption,
    ...(exchangeUrl === null ? {} : { baseUrl: exchangeUrl }),
  });
  try {
    const asked = await exchange.keyPermissions();
    if (asked.kind === "done") return { permissions: asked.value, faults: keyFaults(asked.value) };
    throw new CodedError("key-untested", `${venue} did not say what the key may do (${asked.kind}): ${asked.reason}`);
  } finally {
    await exchange.close();
  }
}
