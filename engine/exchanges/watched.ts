/** Errors of the library that say that the connection, or the right to it, is lost; all others come of a frame. */
const LOST =
  /^(NetworkError|RequestTimeout|ExchangeNotAvailable|OnMaintenance|DDoSProtection|RateLimitExceeded|InvalidNonce|ExchangeClosedByUser|AuthenticationError|PermissionDenied|AccountSuspended|NotSupported|BadSymbol|ArgumentsRequired|OverBudget|NotConnected|UnreadableAnswer)$/;
/** So many frames in a row that cannot be read are no accident. */
const BAD_FRAMES_MAX = 100;

/**
 * What a socket brings, again and again, until the signal is aborted. A lost connection is thrown to whoever listens; what
 * the library cannot make sense of is told to `onBadFrame`.
 */
export async function* watched<T>(
  next: () => Promise<T>,
  signal: AbortSignal,
  onBadFrame: () => void,
): AsyncGenerator<T> {
  let stopWaiting = () => {}, bad = 0;
  const end = () => stopWaiting();
  signal.addEventListener("abort", end, { once: true });
  try {
    while (!signal.aborted) {
      try {
        // No race with a promise of the signal: that one would keep every frame for as long as it waits.
        const value = await new Promise<T | typeof ABORTED>((resolve, reject) => {
          stopWaiting = () => resolve(ABORTED);
          next().then(resolve, reject);
        });
        if (value === ABORTED) return;
        bad = 0;
        yield value;
      } catch (error) {
        if (!(error instanceof Error) || LOST.test(error.name) || ++bad > BAD_FRAMES_MAX) throw error;
        onBadFrame();
      }
    }
  } finally {
    signal.removeEventListener("abort", end);
  }
}

const ABORTED = Symbol("aborted");
