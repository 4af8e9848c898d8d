import { InputError, Secret } from "../errors/mod.ts";

/** Keys in the keyring of the operating system, by their ids. */
export interface Keyring {
  /** The key of an id; null where the keyring has none. */
  get(id: string): Secret | null;
  set(id: string, key: Secret): void;
  remove(id: string): void;
}

const SERVICE = "crypto-trader vault";

/**
 * The keyring of this machine. Loads a native addon, so only the process `unlock` calls it.
 *
 * @throws {InputError} `keyring-missing` where none answers that keeps what it is given.
 */
export async function openKeyring(): Promise<Keyring> {
  const { Entry, findCredentials } = await loaded();
  try {
    // @napi-rs/keyring 1.3.0 puts entries into the kernel's keys where no keyring answers, which a restart of the machine
    // empties. Listing them fails there.
    findCredentials(SERVICE);
  } catch (error) {
    throw missing(error);
  }
  return {
    get(id) {
      const key = new Entry(SERVICE, id).getPassword();
      return key === null || key === undefined ? null : new Secret("vault key", key);
    },
    set: (id, key) => new Entry(SERVICE, id).setPassword(key.reveal()),
    remove: (id) => void new Entry(SERVICE, id).deletePassword(),
  };
}

async function loaded() {
  try {
    return await import("@napi-rs/keyring");
  } catch (error) {
    throw missing(error);
  }
}

function missing(cause: unknown): InputError {
  const why = String((cause as Error)?.message ?? cause).split("\n")[0];
  return new InputError(
    "keyring-missing",
    `no OS keyring answers on this machine (${why}): open the vault by its passphrase`,
    {
      cause,
    },
  );
}
