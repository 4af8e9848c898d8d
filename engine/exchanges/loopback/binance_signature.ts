import { createHmac, timingSafeEqual } from "node:crypto";
import { BinanceError } from "./binance_answers.ts";

const WINDOW_MS = 5_000, WINDOW_MAX_MS = 60_000, AHEAD_MS = 1_000;

/** Checks that a request is signed with the account's key and was made just now. */
export function checkSignature(
  { query, body, apiKey }: { readonly query: string; readonly body: string; readonly apiKey: string | null },
  key: { readonly apiKey: string; readonly secret: string },
  nowMs: number,
): void {
  if (apiKey === null) throw new BinanceError(401, -2014, "API-key format invalid.");
  if (apiKey !== key.apiKey) throw new BinanceError(401, -2015, "Invalid API-key, IP, or permissions for action.");
  const all = query + body, at = all.lastIndexOf("signature=");
  const given = new URLSearchParams(all.slice(Math.max(at, 0))).get("signature") ?? "";
  const signed = (query + body).slice(0, at).replace(/&$/, "");
  const wanted = createHmac("sha256", key.secret).update(signed).digest("hex");
  const isRight = given.length === wanted.length && timingSafeEqual(encode(given), encode(wanted));
  if (at < 0 || !isRight) throw new BinanceError(400, -1022, "Signature for this request is not valid.");
  const params = new URLSearchParams(signed), timestamp = Number(params.get("timestamp") ?? NaN);
  const window = Number(params.get("recvWindow") ?? WINDOW_MS);
  if (!(window > 0 && window <= WINDOW_MAX_MS)) {
    throw new BinanceError(400, -1131, "recvWindow must be less than 60000.");
  }
  if (!(timestamp < nowMs + AHEAD_MS && nowMs - timestamp <= window)) {
    throw new BinanceError(400, -1021, "Timestamp for this request is outside of the recvWindow.");
  }
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
