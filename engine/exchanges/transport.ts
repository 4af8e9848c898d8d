// One HTTP request: a total deadline, a cap on what may come back, and no following of redirects.
import { BodyTooLarge, cappedText, CodedError } from "../errors/mod.ts";

/** How requests leave. */
export interface TransportOptions {
  /** Where requests go in place of the venue's own hosts, as in `http://127.0.0.1:8090`; what is signed stays the same. */
  readonly baseUrl?: string;
  /** For the whole call, headers and body together (fault 50). */
  readonly timeoutMs: number;
  /** Largest body that is read (fault 42). */
  readonly bodyBytesMax: number;
}

/** An answer, whatever its status. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** The request failed before any of it left: no connection was made. */
export class NotConnected extends CodedError {
  override readonly name = "NotConnected";
  constructor(host: string, cause: unknown) {
    super("not-connected", `${host} cannot be reached: check the network, and the host among the task's permissions`, {
      cause,
    });
  }
}

/** Sends a request, calling `onSend` just before its first byte may leave. @throws {NotConnected} */
export async function sendRequest(
  url: string,
  init: { method: string; headers: Record<string, string>; body: string | undefined; signal: AbortSignal | undefined },
  { baseUrl, timeoutMs, bodyBytesMax }: TransportOptions,
  onSend: () => void,
): Promise<Answer> {
  const target = atBase(url, baseUrl);
  const deadline = AbortSignal.timeout(timeoutMs);
  const signal = init.signal === undefined ? deadline : AbortSignal.any([deadline, init.signal]);
  signal.throwIfAborted();
  onSend();
  let response: Response;
  try {
    response = await fetch(target, {
      method: init.method,
      headers: init.headers,
      redirect: "manual",
      signal,
      ...(init.body === undefined ? {} : { body: init.body }),
    });
  } catch (cause) {
    if (isConnectError(cause)) throw new NotConnected(new URL(target).host, cause);
    throw cause;
  }
  try {
    return { status: response.status, headers: response.headers, text: await cappedText(response, bodyBytesMax) };
  } catch (cause) {
    if (!(cause instanceof BodyTooLarge)) throw cause;
    throw new CodedError(
      "answer-too-large",
      `an answer of ${new URL(target).host} is larger than ${bodyBytesMax} bytes`,
    );
  }
}

/** The same address at another host, WebSocket addresses too. */
export function atBase(url: string, baseUrl: string | undefined): string {
  if (baseUrl === undefined) return url;
  const { pathname, search, protocol } = new URL(url);
  const base = protocol.startsWith("ws") ? baseUrl.replace(/^http/, "ws") : baseUrl;
  return `${base.replace(/\/$/, "")}${pathname}${search}`;
}

/** Names that do not resolve, ports that refuse and handshakes that fail; nothing of the request has left by then. */
function isConnectError(error: unknown): boolean {
  if (error instanceof Deno.errors.NotCapable) return true;
  const told = error instanceof TypeError ? `${error.message} ${error.cause ?? ""}` : "";
  return /client error \(Connect\)/.test(told);
}
