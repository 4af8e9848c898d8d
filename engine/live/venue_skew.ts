import { CodedError } from "../errors/mod.ts";
import type { Exchange } from "../exchanges/mod.ts";
import type { Clock } from "../time/mod.ts";

const SAMPLES = 5;

/**
 * By how much a venue's clock is ahead of ours, milliseconds: the median of some samples, each taken against the middle of
 * its round trip. A venue that tells whole seconds differs by what is beyond that second.
 *
 * @throws {CodedError} `clock-unknown` where the venue does not tell its time.
 */
export async function venueSkewMs(exchange: Pick<Exchange, "time">, clock: Clock): Promise<number> {
  const samples: { readonly toldMs: number; readonly middleMs: number }[] = [];
  while (samples.length < SAMPLES) {
    const sentMs = clock.now(), told = await exchange.time();
    if (told.kind !== "done") throw new CodedError("clock-unknown", told.reason);
    samples.push({ toldMs: told.value, middleMs: (sentMs + clock.now()) / 2 });
  }
  const stepMs = samples.every(({ toldMs }) => toldMs % 1_000 === 0) ? 1_000 : 1;
  const skews = samples.map(({ toldMs, middleMs }) => {
    const least = toldMs - middleMs, most = least + stepMs - 1;
    return least > 0 ? least : most < 0 ? most : 0;
  }).sort((a, b) => a - b);
  return Math.round(skews[SAMPLES >> 1]!);
}
