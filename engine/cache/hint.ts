/**
 * What the cache says. It is a hint, never the truth (fault 56): whoever asks has to say what is done when there is no
 * answer, and the journal has what counts.
 *
 * - `away`: nobody answers there, or the line was lost while asking.
 * - `slow`: no answer within the deadline; whether it happened is not known. Every request may be repeated unchanged.
 * - `emptied`: it answers, and has lost what was asked for, as after its restart: restore it from the journal.
 */
export type Hint<T> =
  | { readonly kind: "known"; readonly value: T }
  | { readonly kind: "unknown"; readonly code: "away" | "slow" | "emptied"; readonly reason: string };

/** An answer. */
export function known<T>(value: T): Hint<T> {
  return { kind: "known", value };
}

/** No answer, and why. */
export function unknown(code: "away" | "slow" | "emptied", reason: string): Hint<never> {
  return { kind: "unknown", code, reason };
}

/** The answer of an answer; what is unknown stays so. */
export function mapHint<T, U>(hint: Hint<T>, change: (value: T) => U): Hint<U> {
  return hint.kind === "known" ? known(change(hint.value)) : hint;
}
