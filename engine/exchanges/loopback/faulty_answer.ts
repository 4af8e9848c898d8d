import type { RequestFault } from "./faults.ts";

const DRIP_MS = 100;

/** Faults after which the venue has done what was asked. */
const CARRIED_OUT: ReadonlySet<RequestFault> = new Set(["lost-response", "unknown-status", "cut-body", "slow"]);

/** The answer to a request that meets a fault; `carryOut` does what was asked. */
export async function faultyAnswer(fault: RequestFault, carryOut: () => Promise<Response>): Promise<Response> {
  const done = CARRIED_OUT.has(fault) ? await carryOut() : null;
  const say = (status: number, code: number, msg: string, headers: Record<string, string> = {}) =>
    Response.json({ code, msg }, { status, headers });
  switch (fault) {
    case "lost-request":
    case "lost-response":
      // Less than was promised: the connection ends in the middle of the answer.
      return new Response(new Blob([]).stream(), { headers: { "content-length": "1000" } });
    case "unknown-status":
      return say(
        500,
        -1007,
        "Timeout waiting for response from backend server. Send status unknown; execution status unknown.",
      );
    case "unavailable":
      return say(503, -1008, "Server is currently overloaded with other requests.");
    case "cut-body": {
      const text = await done!.text();
      return new Response(text.slice(0, Math.ceil(text.length / 2)), {
        headers: { "content-type": "application/json" },
      });
    }
    case "slow":
      return new Response(drippingBody(await done!.text()), { headers: { "content-type": "application/json" } });
    case "not-json":
      return new Response("<html><body>Please sign in to the network</body></html>", {
        headers: { "content-type": "text/html" },
      });
    case "limited":
      return say(429, -1003, "Too many requests; current limit is in use.", { "retry-after": "1" });
    case "banned":
      return say(418, -1003, "Way too many requests; IP banned.", { "retry-after": "2" });
    case "forbidden":
      return new Response("<html>403 Forbidden</html>", { status: 403, headers: { "content-type": "text/html" } });
    case "revoked-key":
      return say(401, -2015, "Invalid API-key, IP, or permissions for action.");
    case "clock-skew":
      return say(400, -1021, "Timestamp for this request is outside of the recvWindow.");
  }
}

/** A body whose bytes come one by one, until nobody reads them any more. */
function drippingBody(text: string): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  let at = 0, timer: ReturnType<typeof setTimeout> | undefined;
  return new ReadableStream({
    pull(controller) {
      if (at === bytes.length) return controller.close();
      return new Promise<void>((resolve) => {
        timer = setTimeout(() => {
          controller.enqueue(bytes.subarray(at, ++at));
          resolve();
        }, DRIP_MS);
      });
    },
    cancel() {
      clearTimeout(timer);
    },
  });
}
