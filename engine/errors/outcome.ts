/**
 * What is known after a call to the outside world, sorted by what may be done next.
 *
 * - `done`: it happened, here is the answer.
 * - `notSent`: proven locally that no byte left; the same request may be sent.
 * - `refused`: the other side said no; the same request must not be repeated unchanged.
 * - `unknown`: it may or may not have happened; only a proof of absence ends this, never a second sending.
 */
export type Outcome<T> =
  | { readonly kind: "done"; readonly value: T }
  | { readonly kind: "notSent"; readonly reason: string }
  | { readonly kind: "refused"; readonly code: string; readonly reason: string }
  | { readonly kind: "unknown"; readonly reason: string };
