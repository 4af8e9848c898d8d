import { type FaultName, type FaultOf, FAULTS } from "./fault.ts";

const DRIP_MS = 20;

/** A refusal in a dialect's own words. */
export interface Words {
  readonly status: number;
  readonly body: unknown;
}

/** Faults that a dialect has words for; null where its venue never says so. */
export type FaultWords = Readonly<
  Record<"unknown-status" | "unavailable" | "limited" | "banned" | "revoked-key" | "clock-skew", Words | null>
>;

/** False for a fault that the dialect's venue never tells of. */
export function hasWords(words: FaultWords, fault: FaultName): boolean {
  return !(fault in words) || words[fault as keyof FaultWords] !== null;
}

/** The answer to a request that meets a fault, in the words of a dialect; `carryOut` does what was asked. */
export async function faultyAnswer(
  fault: FaultOf<"answer">,
  words: FaultWords,
  signal: AbortSignal,
  carryOut: () => Promise<Response>,
): Promise<Response> {
  const done = FAULTS[fault].isCarriedOut ? await carryOut() : null;
  const say = (told: Words | null, headers: Record<string, string> = {}) =>
    Response.json(told!.body, { status: told!.status, headers });
  switch (fault) {
    case "lost-request":
    case "lost-response":
      // Less than was promised: the connection ends in the middle of the answer.
      return new Response(new Blob([]).stream(), { headers: { "content-length": "1000" } });
    case "half-open":
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
      return new Response(null, { status: 504 });
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
    case "forbidden":
      return new Response("<html>403 Forbidden</html>", { status: 403, headers: { "content-type": "text/html" } });
    case "limited":
      return say(words.limited, { "retry-after": "1" });
    case "limited-untold":
      return say(words.limited);
    case "banned":
      return say(words.banned, { "retry-after": "2" });
    default:
      return say(words[fault]);
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
