// Test support only: a mail server on loopback, as RFC 5321 has it, with STARTTLS (3207), AUTH PLAIN and LOGIN (4954, 4616)
// and SIZE (1870). What comes in the wrong order is refused as real ones refuse it.
import { type SelfSigned, selfSigned } from "./self_signed.ts";

/** A mail as it was taken in. */
export interface TakenMail {
  readonly from: string;
  readonly to: readonly string[];
  /** Lines without the dots that were put before dots; ends of lines are `\r\n`. */
  readonly data: string;
  readonly isTls: boolean;
  readonly user: string | null;
}

/** What such a server asks for. */
export interface SmtpOptions {
  readonly user: string;
  readonly password: string;
  /** Mails for others are refused. */
  readonly recipients: readonly string[];
  /** False: it does not offer STARTTLS. */
  readonly offersTls?: boolean;
  readonly sizeMost?: number;
}

/** The server. */
export class SmtpServer {
  readonly mails: TakenMail[] = [];
  /** Every command as it came, those of AUTH without what follows. */
  readonly commands: string[] = [];
  /** Replies that the next mails get in place of being taken, and whether they are given at MAIL or at the end of DATA. */
  readonly refusals: { at: "MAIL" | "DATA"; reply: string | "hang up" }[] = [];
  /** Recipients that are told to come again, as greylisting does. */
  readonly deferred = new Set<string>();
  readonly #plain: Deno.Listener<Deno.TcpConn>;
  /** TLS from the first byte, with a greeting. */
  readonly #secure: Deno.TlsListener;
  /** Where a line goes on after STARTTLS. */
  readonly #upgraded: Deno.TlsListener;
  readonly #lines = new Set<Deno.Conn>();

  private constructor(readonly options: SmtpOptions, readonly certificate: SelfSigned) {
    const here = { hostname: "127.0.0.1", port: 0 };
    this.#plain = Deno.listen(here);
    this.#secure = Deno.listenTls({ ...here, ...certificate });
    this.#upgraded = Deno.listenTls({ ...here, ...certificate });
    void this.#accept(this.#plain, (line) => this.#talk(line, { greets: true, isTls: false }));
    void this.#accept(this.#secure, (line) => this.#talk(line, { greets: true, isTls: true }));
    void this.#accept(this.#upgraded, (line) => this.#talk(line, { greets: false, isTls: true }));
  }

  static async start(options: SmtpOptions): Promise<SmtpServer> {
    return new SmtpServer(options, await selfSigned());
  }

  get port(): number {
    return (this.#plain.addr as Deno.NetAddr).port;
  }

  get securePort(): number {
    return (this.#secure.addr as Deno.NetAddr).port;
  }

  close(): void {
    for (const listener of [this.#plain, this.#secure, this.#upgraded]) closed(listener);
    for (const line of this.#lines) closed(line);
  }

  async #accept(listener: AsyncIterable<Deno.Conn>, talk: (line: Deno.Conn) => Promise<void>): Promise<void> {
    for await (const line of listener) {
      this.#lines.add(line);
      void talk(line).catch(() => {}).finally(() => {
        this.#lines.delete(line);
        closed(line);
      });
    }
  }

  async #talk(line: Deno.Conn, { greets, isTls }: { greets: boolean; isTls: boolean }): Promise<void> {
    const read = linesOf(line), { options } = this;
    const say = (...replies: string[]) => write(line, replies.map((reply) => `${reply}\r\n`).join(""));
    let hasGreeted = false, user: string | null = null, from: string | null = null, to: string[] = [];
    if (greets) await say("220 loopback.test ESMTP");
    for await (const text of read) {
      const verb = text.slice(0, 4).toUpperCase();
      this.commands.push(verb === "AUTH" ? text.split(" ").slice(0, 2).join(" ") : text);
      if (verb === "EHLO" || verb === "HELO") {
        hasGreeted = true;
        const canUpgrade = !isTls && options.offersTls !== false;
        await say(
          "250-loopback.test",
          ...(canUpgrade ? ["250-STARTTLS"] : ["250-AUTH PLAIN LOGIN"]),
          `250 SIZE ${options.sizeMost ?? 1_000_000}`,
        );
      } else if (verb === "QUIT") return await say("221 bye");
      else if (verb === "RSET" || verb === "NOOP") await say("250 ok");
      else if (!hasGreeted) await say("503 say EHLO first");
      else if (verb === "STAR") {
        if (isTls || options.offersTls === false) await say("502 not now");
        else {
          await say("220 go ahead");
          return await this.#upgrade(line, read);
        }
      } else if (verb === "AUTH") {
        if (!isTls && options.offersTls !== false) await say("538 encryption is needed first");
        else {
          user = await signedIn(text, read, say, options);
          await say(user === null ? "535 5.7.8 credentials are not valid" : "235 welcome");
        }
      } else if (verb === "MAIL") {
        const size = Number(/SIZE=(\d+)/i.exec(text)?.[1] ?? 0), refusal = this.#refusal("MAIL");
        if (user === null) await say("530 5.7.0 authentication is needed");
        else if (refusal === "hang up") return;
        else if (refusal !== null) await say(refusal);
        else if (size > (options.sizeMost ?? 1_000_000)) await say("552 5.3.4 too large");
        else {
          [from, to] = [addressIn(text), []];
          await say("250 ok");
        }
      } else if (verb === "RCPT") {
        const address = addressIn(text);
        if (from === null) await say("503 MAIL first");
        else if (!options.recipients.includes(address)) await say("550 5.1.1 no such box here");
        else if (this.deferred.has(address)) await say("450 4.2.0 greylisted, come again");
        else {
          to.push(address);
          await say("250 ok");
        }
      } else if (verb === "DATA") {
        if (to.length === 0) await say("503 RCPT first");
        else {
          await say("354 end with a dot");
          const data = await dataOf(read), refusal = this.#refusal("DATA");
          if (refusal === "hang up") return;
          if (refusal !== null) await say(refusal);
          else {
            this.mails.push({ from: from!, to, data, isTls, user });
            await say("250 2.0.0 taken");
          }
          [from, to] = [null, []];
        }
      } else await say("500 what?");
    }
  }

  #refusal(at: "MAIL" | "DATA"): string | null {
    if (this.refusals[0]?.at !== at) return null;
    return this.refusals.shift()!.reply;
  }

  /** Bytes that came before the handshake are never taken for commands after it: they break the handshake. */
  async #upgrade(line: Deno.Conn, read: AsyncGenerator<string, void, void>): Promise<void> {
    await read.return();
    const further = await Deno.connect({ hostname: "127.0.0.1", port: (this.#upgraded.addr as Deno.NetAddr).port });
    this.#lines.add(further);
    await Promise.all([pass(line, further), pass(further, line)]);
    this.#lines.delete(further);
  }
}

/** A dialogue of AUTH PLAIN, or of LOGIN. */
async function signedIn(
  text: string,
  read: AsyncGenerator<string, void, void>,
  say: (...replies: string[]) => Promise<void>,
  { user, password }: SmtpOptions,
): Promise<string | null> {
  const [, method = "", first] = text.split(" ");
  const plain = (encoded: string) => new TextDecoder().decode(Uint8Array.fromBase64(encoded));
  const asked = async (question: string) => {
    await say(`334 ${btoa(question)}`);
    return plain((await read.next()).value ?? "");
  };
  let given: readonly (string | undefined)[];
  if (method.toUpperCase() === "PLAIN") {
    given = (first === undefined ? await asked("") : plain(first)).split("\0").slice(1);
  } else given = [first === undefined ? await asked("Username:") : plain(first), await asked("Password:")];
  return given[0] === user && given[1] === password ? user : null;
}

async function dataOf(read: AsyncGenerator<string, void, void>): Promise<string> {
  const lines: string[] = [];
  for (;;) {
    const { value, done } = await read.next();
    if (done || value === ".") return lines.map((line) => `${line}\r\n`).join("");
    lines.push(value.startsWith(".") ? value.slice(1) : value);
  }
}

function addressIn(text: string): string {
  return /<([^>]*)>/.exec(text)?.[1] ?? "";
}

async function* linesOf(line: Deno.Conn): AsyncGenerator<string, void, void> {
  const buffer = new Uint8Array(65_536), decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const end = text.indexOf("\r\n");
    if (end >= 0) {
      const whole = text.slice(0, end);
      text = text.slice(end + 2);
      yield whole;
      continue;
    }
    const count = await line.read(buffer);
    if (count === null) return;
    text += decoder.decode(buffer.subarray(0, count), { stream: true });
  }
}

async function write(line: Deno.Conn, text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) at += await line.write(bytes.subarray(at));
}

async function pass(from: Deno.Conn, to: Deno.Conn): Promise<void> {
  const buffer = new Uint8Array(65_536);
  try {
    for (let count = await from.read(buffer); count !== null; count = await from.read(buffer)) {
      for (let done = 0; done < count;) done += await to.write(buffer.subarray(done, count));
    }
  } finally {
    for (const line of [from, to]) closed(line);
  }
}

function closed(line: Disposable): void {
  try {
    line[Symbol.dispose]();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error; // closed already
  }
}
