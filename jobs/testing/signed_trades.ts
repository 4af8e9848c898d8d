// The loopback exchange's account, asked as a client of its own would: not by the code that is tested.
import { LOOPBACK_KEY } from "../../engine/exchanges/mod.ts";

/** Executions of an account in a market, as the venue's API tells them. */
export async function signedTrades(url: string, symbol: string): Promise<{ id: number; qty: string; price: string }[]> {
  const query = `symbol=${symbol}&limit=1000&timestamp=${Date.now()}`, encoder = new TextEncoder();
  const key = await crypto.subtle.importKey(
    "raw",
    encoder.encode(LOOPBACK_KEY.secret),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign"],
  );
  const signature = new Uint8Array(await crypto.subtle.sign("HMAC", key, encoder.encode(query))).toHex();
  const answer = await fetch(`${url}/api/v3/myTrades?${query}&signature=${signature}`, {
    headers: { "X-MBX-APIKEY": LOOPBACK_KEY.apiKey },
  });
  return await answer.json();
}
