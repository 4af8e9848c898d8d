import { InputError } from "../errors/mod.ts";

/** What a venue's account is opened with. */
export interface Credentials {
  readonly apiKey: string;
  /** HMAC secret, or a private key: EC as PEM, Ed25519 as PEM (Binance) or base 64 (Coinbase). */
  readonly secret: string;
  /** Third word of venues that have one. */
  readonly password?: string;
}

/** Credentials that print themselves as nothing: in messages, in JSON and in the console. */
export class AccountKey {
  readonly #credentials: Credentials;

  /** @throws {InputError} `credentials` when a part is empty. */
  constructor(credentials: Credentials) {
    for (const name of ["apiKey", "secret"] as const) {
      if (credentials[name].trim() === "") throw new InputError("credentials", `${name} is empty: give both of a key`);
    }
    this.#credentials = { ...credentials };
  }

  /** Hands them to the library's client, the only place where they are needed. */
  give(client: { apiKey: string | undefined; secret: string | undefined; password: string | undefined }): void {
    client.apiKey = this.#credentials.apiKey;
    client.secret = this.#credentials.secret;
    if (this.#credentials.password !== undefined) client.password = this.#credentials.password;
  }

  toString(): string {
    return "[account key]";
  }
  toJSON(): string {
    return "[account key]";
  }
  [Symbol.for("Deno.customInspect")](): string {
    return "[account key]";
  }
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return "[account key]";
  }
}
