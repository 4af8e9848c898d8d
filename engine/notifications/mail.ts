import { connect, type Socket } from "node:net";
import { Secret } from "../errors/mod.ts";
import { sha256Hex } from "../identity/mod.ts";
import type { Notice } from "./notice.ts";
import { bodyOf, cleanLine, cut, headOf, redacted } from "./notice_text.ts";
import { DELIVERED, type Delivery, type Notifier } from "./notifier.ts";

const TIMEOUT_MS = 45_000;
/** For each step of it. */
const STEP_MS = 15_000;
/** Our own limits: a subject stays one header line of usual length, and a mail one that any box takes. */
const SUBJECT_MOST = 200, TEXT_MOST = 50_000;
/** What this program calls itself to the other side; the machine's own name is nobody's business. */
const OWN_NAME = "crypto-trader.invalid";

/** Where mails go. */
export interface MailOptions {
  /** `smtp://` or `smtps://`, with user and password where the server wants them. */
  readonly url: Secret;
  readonly from: string;
  /**
   * One recipient. Several in one mail would share its fate: one who is put off (greylisting, a full box) would hold up
   * the next mails of all others, one who is refused would make a mail that the others have look lost.
   */
  readonly to: string;
  /** Certificates (PEM) of who vouches for the server; null: those that everybody trusts. */
  readonly ca: string | null;
  /** For the whole of a mail, however slowly the other side speaks (fault 50); 45 seconds unless stated. */
  readonly timeoutMs?: number;
}

/** What the mail library says of a failure. */
interface MailError {
  readonly responseCode?: number;
  readonly response?: string;
  readonly message?: string;
}

/** A server as its address names it. */
interface MailServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte; else by STARTTLS. */
  readonly secure: boolean;
  readonly user: string;
  readonly password: string;
}

/**
 * Sends notices by e-mail to one recipient. Beyond this machine only over TLS: who carries the line would read the
 * password.
 */
export class Mailer implements Notifier {
  readonly #server: MailServer;

  constructor(readonly options: MailOptions) {
    this.#server = serverOf(options.url.reveal());
  }

  async send(notice: Notice): Promise<Delivery> {
    const { host, port, secure, user, password } = this.#server,
      { from, to, ca, timeoutMs = TIMEOUT_MS } = this.options;
    let socket: Socket | undefined, wasOpened = false;
    const { createTransport } = await import("nodemailer"); // most processes send no mail
    const transport = createTransport({
      ...{ host, port, secure, name: OWN_NAME, disableFileAccess: true, disableUrlAccess: true },
      requireTLS: !isHere(host),
      ...(ca === null ? {} : { tls: { ca } }),
      ...(user === "" ? {} : { auth: { user, pass: password } }),
      ...{ connectionTimeout: STEP_MS, greetingTimeout: STEP_MS, socketTimeout: STEP_MS },
      // The library would ask name servers itself, for which this process has no right: the system's resolver has.
      getSocket(_, opened) {
        const own = socket = connect({ host, port });
        own.once("error", opened);
        own.once("connect", () => {
          wasOpened = true;
          own.off("error", opened);
          opened(null, { connection: own });
        });
      },
    });
    const late = () => socket?.destroy(new Error(`it did not end in ${timeoutMs / 1_000} s`));
    const deadline = setTimeout(late, timeoutMs);
    try {
      await transport.sendMail({ from, to, ...contentOf(notice) }); // throws where the recipient is rejected
      return DELIVERED;
    } catch (error) {
      return this.#failure(error as MailError, wasOpened);
    } finally {
      clearTimeout(deadline);
      transport.close();
      socket?.destroy();
    }
  }

  #failure({ responseCode, response, message = "" }: MailError, wasOpened: boolean): Delivery {
    const { host, user, password } = this.#server;
    const secrets = [password, base64(password), base64(`\0${user}\0${password}`)].map((text) =>
      new Secret("smtp", text)
    );
    const told = cut(redacted(cleanLine(response ?? message), password === "" ? [] : secrets), 300);
    const reason = `${host} ${responseCode === undefined ? "is not reached as a mail server" : "refused"}: ${told}`;
    if (responseCode !== undefined) {
      return responseCode >= 500
        ? { kind: "refused", code: `smtp-${responseCode}`, reason }
        : { kind: "notSent", reason };
    }
    return { kind: wasOpened ? "unknown" : "notSent", reason };
  }
}

function contentOf(notice: Notice) {
  const id = sha256Hex(JSON.stringify(notice)).slice(0, 32);
  return {
    // A mail that is sent again has the same one, and boxes show it once.
    messageId: `<${id}@${OWN_NAME}>`,
    date: new Date(notice.atMs),
    subject: cut(cleanLine(`${headOf(notice)}: ${notice.title}`), SUBJECT_MOST),
    text: cut(bodyOf(notice), TEXT_MOST),
    priority: notice.severity === "alarm" ? "high" as const : "normal" as const,
    headers: { "Auto-Submitted": "auto-generated" },
  };
}

/** The parts of an address that `engine/settings` has checked. */
function serverOf(url: string): MailServer {
  const { protocol, hostname, port, username, password } = new URL(url.replace(/^smtp/i, "http"));
  const secure = protocol === "https:", usual = secure ? 465 : 587;
  return {
    host: hostname.replace(/^\[|\]$/g, ""),
    port: port === "" ? usual : Number(port),
    secure,
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
  };
}

function base64(text: string): string {
  return new TextEncoder().encode(text).toBase64();
}

function isHere(host: string): boolean {
  return /^(localhost|127(\.\d+){3}|::1)$/.test(host);
}
