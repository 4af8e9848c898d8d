// One Ctrl-C asks the running command to stop and keep what it has done; a second one ends the process at once.

const controller = new AbortController();

/** Aborted at the first Ctrl-C. Long work passes it on and throws its reason; the process then ends with status 130. */
export const interruption: AbortSignal = controller.signal;

/** Starts to listen for Ctrl-C. */
export function listenForInterruption(): void {
  Deno.addSignalListener("SIGINT", interrupt);
}

/** Lets Ctrl-C end the process at once: for work in one piece that keeps nothing. */
export function endAtInterruption(): void {
  Deno.removeSignalListener("SIGINT", interrupt);
}

/** What Ctrl-C does; a terminal in raw mode hands it on as a byte. */
export function interrupt(): void {
  if (interruption.aborted) Deno.exit(130);
  controller.abort(new DOMException("interrupted", "AbortError"));
}
