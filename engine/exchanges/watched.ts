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
  let end = () => {};
  const aborted = new Promise<typeof ABORTED>((resolve) => {
    end = () => resolve(ABORTED);
    signal.addEventListener("abort", end, { once: true });
  });
  let bad = 0;
  try {
    while (!signal.aborted) {
      const coming = next();
      coming.catch(() => {}); // when the signal wins, its failure is nobody's
      try {
        const value = await Promise.race([coming, aborted]);
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
