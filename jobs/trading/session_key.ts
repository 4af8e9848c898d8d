import { InputError } from "../../engine/errors/mod.ts";
import { AccountKey, LOOPBACK_KEY } from "../../engine/exchanges/mod.ts";
import { fingerprintOf } from "../../engine/security/mod.ts";
import { venueHost } from "../service_hosts.ts";
import { accountKeyOf } from "../tested_key.ts";
import { readKeyLine } from "./given_key.ts";
import type { SessionRow, SessionSettings } from "./session_settings.ts";

/**
 * The key of a session: on paper the one that everybody knows, at an exchange of this machine; else the one that comes in by
 * standard input, where it is the session's own, for the host that the session trades at (fault 63).
 *
 * @throws {InputError} `mode`, `key-missing`.
 */
export async function sessionKey({ id, mode }: SessionRow, settings: SessionSettings): Promise<AccountKey> {
  const { exchange, exchangeUrl, live } = settings, host = venueHost(exchange, exchangeUrl);
  if ((mode === "paper") !== (live === null)) {
    throw new InputError("mode", `session ${id} is ${mode}, and its settings are not: report this, it is a bug`);
  }
  if (live === null) {
    if (exchangeUrl !== null && /^http:\/\/127\.0\.0\.1(:\d+)?\/?$/.test(exchangeUrl)) {
      return new AccountKey(LOOPBACK_KEY);
    }
    throw new InputError("mode", `session ${id} is on paper, and ${host} is no exchange of this machine`);
  }
  const secrets = await readKeyLine(Deno.stdin), fingerprint = fingerprintOf(secrets);
  if (live.key.fingerprint !== fingerprint || live.key.host !== host) {
    throw new InputError(
      "mode",
      `session ${id} is for key ${live.key.fingerprint} at ${live.key.host}, and was given ${fingerprint} at ${host}`,
    );
  }
  return accountKeyOf(secrets);
}
