// The key of an account, as the process that trades gets it: one line of its standard input, from the process that opened
// the vault. It is in no argument, no file and no variable.
import { z } from "zod";
import { InputError, Secret } from "../../engine/errors/mod.ts";
import type { KeySecrets } from "../../engine/security/mod.ts";
import { readGivenLine } from "../given_line.ts";

const schema = z.strictObject({ apiKey: z.string(), secret: z.string(), password: z.string().nullable() });

/** The line. Whoever has it can trade with the account: it is written to a pipe and nowhere else. */
export function keyLine({ apiKey, secret, password }: KeySecrets): string {
  const plain = { apiKey: apiKey.reveal(), secret: secret.reveal(), password: password?.reveal() ?? null };
  return `${JSON.stringify(plain)}\n`;
}

/** Reads the line, and leaves what follows. @throws {InputError} `key-missing`. */
export async function readKeyLine(source: { read(into: Uint8Array): Promise<number | null> }): Promise<KeySecrets> {
  const line = schema.safeParse(json(await readGivenLine(source)));
  if (!line.success) {
    throw new InputError("key-missing", "no key came in by standard input: deno task autopilot start hands it on");
  }
  const { apiKey, secret, password } = line.data;
  return {
    apiKey: new Secret("account API key", apiKey),
    secret: new Secret("account secret", secret),
    password: password === null ? null : new Secret("account password", password),
  };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
