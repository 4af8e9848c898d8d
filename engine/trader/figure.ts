/** Names of figures, made once: a text that is put together anew would have to be hashed anew each time. */
const NAMES: Record<string, Record<string, string>> = {};

/** Name of a figure of the funnel in two parts: `orders:entry`. */
export function figure(what: string, of: string): string {
  const names = NAMES[what] ??= {};
  return names[of] ??= `${what}:${of}`;
}
