/** Waiting, as an argument: the system's in live trading and commands, a test's own elsewhere. */
export interface Timer {
  /** Waits so many milliseconds, however many. @throws the signal's reason when it is aborted before. */
  wait(ms: number, signal?: AbortSignal): Promise<void>;
}
