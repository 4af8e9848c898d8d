/** A part of a study that could not be made, and why. */
export interface NotMade {
  readonly reason: string;
}

/** A part of a study; or, in its place, why there is none. */
export type Part<T> = T | NotMade;

/** True where a part was made. */
export function isMade<T extends object>(part: Part<T>): part is T {
  return !("reason" in part);
}
