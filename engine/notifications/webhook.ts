import type { Secret } from "../errors/mod.ts";
import { sha256Hex } from "../identity/mod.ts";
import { type Clock, formatTimestamp } from "../time/mod.ts";
import { postJson, refusal, retryAfterOf } from "./http_call.ts";
import type { Notice } from "./notice.ts";
import { cleanLine, cleanText, cut } from "./notice_text.ts";
import { DELIVERED, type Delivery, type Notifier } from "./notifier.ts";

const TIMEOUT_MS = 10_000;
/** Our own limit: many receivers take no more than 64 KiB, and a letter is at most three bytes of JSON's. */
const TEXT_MOST = 16_000;

/** The headers of a webhook. */
export const SIGNATURE_HEADER = "x-crypto-trader-signature", TIME_HEADER = "x-crypto-trader-time";

/** Where a webhook goes. */
export interface WebhookOptions {
  readonly url: Secret;
  /** Signs the body; null: it is not signed. */
  readonly key: Secret | null;
  readonly clock: Clock;
}

/** Posts notices as JSON to an address of the user's. The same notice has the same `id`, also when it is sent again. */
export class Webhook implements Notifier {
  constructor(readonly options: WebhookOptions) {}

  async send(notice: Notice): Promise<Delivery> {
    const { url, key, clock } = this.options, nowMs = clock.now(), body = bodyOf(notice);
    const signed = key === null ? {} : { [SIGNATURE_HEADER]: `sha256=${await signatureOf(key, nowMs, body)}` };
    const headers = { ...signed, [TIME_HEADER]: `${nowMs}` };
    const answer = await postJson({ url: url.reveal(), headers, body, timeoutMs: TIMEOUT_MS });
    if (answer.kind === "none") return answer.delivery;
    if (answer.status >= 200 && answer.status < 300) return DELIVERED;
    // What a receiver says is left out: it may repeat what it was sent, with the headers.
    return refusal(new URL(url.reveal()).host, answer.status, "", retryAfterOf(answer.headers, nowMs));
  }
}

function bodyOf({ severity, kind, title, text, atMs, subject }: Notice): string {
  const told = {
    severity,
    kind: cut(cleanLine(kind), 200),
    subject: cut(cleanLine(subject), 500),
    title: cut(cleanLine(title), 500),
    text: cut(cleanText(text), TEXT_MOST),
    atMs,
    at: formatTimestamp(atMs),
  };
  return JSON.stringify({ id: sha256Hex(JSON.stringify(told)).slice(0, 32), ...told });
}

/**
 * HMAC-SHA256 over the time of sending, a dot, and the body, in hexadecimal digits: who checks it, and that the time is
 * recent, takes nothing that is forged or played again.
 */
export async function signatureOf(key: Secret, timeMs: number, body: string): Promise<string> {
  const bytes = new TextEncoder(), how = { name: "HMAC", hash: "SHA-256" };
  const imported = await crypto.subtle.importKey("raw", bytes.encode(key.reveal()), how, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, bytes.encode(`${timeMs}.${body}`))).toHex();
}
