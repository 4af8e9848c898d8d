// One call of a channel that speaks HTTP: a deadline, a cap on the answer, no redirects, and no address in what is said of
// it, since the addresses of these channels hold their keys.
import { cappedText } from "../errors/mod.ts";
import type { TimestampMs } from "../time/mod.ts";
import { cleanLine, cut } from "./notice_text.ts";
import { type Delivery, RATE_LIMITED } from "./notifier.ts";

/** Largest answer that is read. */
const BODY_BYTES_MAX = 1_000_000;

/** What is sent. */
export interface HttpRequest {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** An answer, whatever its status; or what is known without one. */
export type HttpAnswer =
  | { readonly kind: "answer"; readonly status: number; readonly headers: Headers; readonly text: string }
  | { readonly kind: "none"; readonly delivery: Delivery };

/** Posts JSON. Never rejects. */
export async function postJson({ url, headers, body, timeoutMs, signal }: HttpRequest): Promise<HttpAnswer> {
  const { host } = new URL(url), deadline = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body,
      redirect: "manual",
      signal: signal === undefined ? deadline : AbortSignal.any([deadline, signal]),
    });
    const text = await cappedText(response, BODY_BYTES_MAX);
    return { kind: "answer", status: response.status, headers: response.headers, text };
  } catch (error) {
    return { kind: "none", delivery: failure(error, host, deadline.aborted ? timeoutMs : null) };
  }
}

function failure(error: unknown, host: string, timeoutMs: number | null): Delivery {
  if (timeoutMs !== null) return { kind: "unknown", reason: `${host} did not answer in ${timeoutMs / 1_000} s` };
  if (error instanceof Deno.errors.NotCapable) {
    return { kind: "notSent", reason: `${host} is not among the hosts that this task may reach` };
  }
  const told = error instanceof TypeError ? `${error.message} ${error.cause ?? ""}` : "";
  return /client error \(Connect\)/.test(told)
    ? { kind: "notSent", reason: `${host} cannot be reached` }
    : { kind: "unknown", reason: `the line to ${host} broke` };
}

/** What a status says that is not 2xx. @param told The other side's words for it. */
export function refusal(host: string, status: number, told: string, retryAfterMs: number | null): Delivery {
  const words = cut(cleanLine(told), 300), reason = `${host} answered ${status}${words === "" ? "" : `: ${words}`}`;
  const later = retryAfterMs === null ? {} : { retryAfterMs };
  if (status === 429) return { kind: "refused", code: RATE_LIMITED, reason, ...later };
  return status === 408 || status >= 500
    ? { kind: "unknown", reason, ...later }
    : { kind: "refused", code: `http-${status}`, reason };
}

/** What a header `Retry-After` asks for, seconds or a date; null without a sound one. */
export function retryAfterOf(headers: Headers, nowMs: TimestampMs): number | null {
  const value = headers.get("retry-after")?.trim() ?? "";
  if (/^\d{1,9}(\.\d{1,9})?$/.test(value)) return Math.ceil(Number(value) * 1_000);
  const atMs = Date.parse(value);
  return value === "" || Number.isNaN(atMs) ? null : Math.max(0, atMs - nowMs);
}
