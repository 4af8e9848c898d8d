// The one place of the pure modules that waits: everything else takes a Timer as an argument.
import type { Timer } from "./timer.ts";

/** The longest that the system's timers can wait; a longer one ends at once (fault 48). */
const LONGEST_MS = 2 ** 31 - 1;

/** The machine's timers. */
export const systemTimer: Timer = {
  async wait(ms, signal) {
    let leftMs = ms;
    for (; leftMs > LONGEST_MS; leftMs -= LONGEST_MS) await waited(LONGEST_MS, signal);
    await waited(leftMs, signal);
  },
};

function waited(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal!.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    if (signal?.aborted) stop();
    signal?.addEventListener("abort", stop, { once: true });
  });
}
