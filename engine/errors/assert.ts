/** A broken promise of the program itself, never of its input. It stays on in production. */
export class AssertionError extends Error {
  override readonly name = "AssertionError";
  readonly code = "assertion";
}

/** Throws {@linkcode AssertionError} when `condition` is false. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}
