// Secrets come in by a prompt that does not show what is typed, or line by line through standard input; never as arguments,
// which every process of the machine can read.
import { InputError, Secret } from "../engine/errors/mod.ts";
import { interrupt } from "./interruption.ts";
import { note } from "./output.ts";
import { answeredLine, type ByteSource, Interrupted } from "./typed_line.ts";

const LIMIT_BYTES = 65_536;
/** Lines that `unlock` prints for the process behind it. */
export const VAULT_KEY = "vault-key:", NEW_VAULT_KEY = "new-vault-key:";

/** Where a command's secrets come from. */
export class SecretInput {
  private constructor(
    /** Null: a person at a terminal is asked. */
    readonly lines: string[] | null,
    /** What opens the vault, from `unlock`. */
    readonly vaultKey: Secret | null,
    /** What it is to open with, as the keyring has it. */
    readonly newVaultKey: { readonly id: string; readonly key: Secret } | null,
  ) {}

  /** Reads standard input, or makes ready to ask. */
  static async open(): Promise<SecretInput> {
    if (Deno.stdin.isTerminal()) return new SecretInput(null, null, null);
    const all = (await allText()).split("\n").map((line) => line.replace(/\r$/, ""));
    if (all.at(-1) === "") all.pop();
    const take = (prefix: string) => all.find((line) => line.startsWith(prefix))?.slice(prefix.length);
    const key = take(VAULT_KEY), [id, made] = take(NEW_VAULT_KEY)?.split(":") ?? [];
    return new SecretInput(
      all.filter((line) => !line.startsWith(VAULT_KEY) && !line.startsWith(NEW_VAULT_KEY)),
      key === undefined ? null : new Secret("vault key", key),
      id === undefined || made === undefined ? null : { id, key: new Secret("new vault key", made) },
    );
  }

  /** The next secret; one in PEM may have several lines. @throws {InputError} `input-ended`. */
  async ask(what: string): Promise<Secret> {
    let text = await this.#line(what);
    while (/^-----BEGIN/.test(text) && !/-----END[^\n]*-----\s*$/.test(text)) text += `\n${await this.#line("")}`;
    // As files of keys in JSON write the ends of lines.
    return new Secret(what, text.replaceAll("\\n", "\n"));
  }

  /** A secret that is new: who types it unseen types it twice. @throws {InputError} `input-differs`. */
  async askNew(what: string): Promise<Secret> {
    const first = await this.ask(what);
    if (this.lines === null && !(await this.ask(`${what} once more`)).equals(first)) {
      throw new InputError("input-differs", `the two are not the same: nothing was changed, try again`);
    }
    return first;
  }

  /** Text that is no secret and that a person has to type, seen. */
  async confirm(what: string): Promise<string> {
    return this.lines === null ? prompt(what) ?? "" : await this.#line(what);
  }

  async #line(what: string): Promise<string> {
    if (this.lines === null) return await typed(what);
    const line = this.lines.shift();
    if (line !== undefined) return line;
    throw new InputError(
      "input-ended",
      `standard input ended before the ${what.replace(/:$/, "") || "end of the key"}: give one line for each`,
    );
  }
}

async function typed(what: string): Promise<string> {
  if (what !== "") Deno.stderr.writeSync(new TextEncoder().encode(`${what}: `));
  Deno.stdin.setRaw(true);
  try {
    return await answeredLine(Deno.stdin as ByteSource);
  } catch (error) {
    if (error instanceof Interrupted) interrupt();
    throw error;
  } finally {
    Deno.stdin.setRaw(false);
    note("");
  }
}

async function allText(): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of Deno.stdin.readable) {
    length += chunk.length;
    if (length > LIMIT_BYTES) {
      throw new InputError("input-long", `standard input has more than ${LIMIT_BYTES} bytes: that is no key`);
    }
    chunks.push(chunk);
  }
  const text = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    text.set(chunk, at);
    at += chunk.length;
  }
  return new TextDecoder().decode(text);
}
