/** The name under which Deno's Jupyter kernel asks a value how to show it. */
export const JUPYTER_DISPLAY: unique symbol = Symbol.for("Jupyter.display") as never;

/** One value in several forms, by MIME type; who shows it takes the richest that it can. */
export type MimeBundle = Readonly<Record<string, string>>;

/** A value that a notebook shows as more than its text, when it is the last one of a cell. */
export interface Shown {
  readonly [JUPYTER_DISPLAY]: () => Promise<MimeBundle>;
}

/** Lets `value` show itself; nothing is drawn before a notebook asks. The value is changed, and otherwise the same. */
export function showing<T extends object>(value: T, show: () => MimeBundle | Promise<MimeBundle>): T & Shown {
  return Object.defineProperty(value, JUPYTER_DISPLAY, { value: async () => await show() }) as T & Shown;
}

/** Lets `value` show itself as another value would. */
export function showingAs<T extends object>(value: T, other: () => Shown): T & Shown {
  return showing(value, () => other()[JUPYTER_DISPLAY]());
}
