import { assert } from "../errors/mod.ts";
import type { ClientOrderId } from "../orders/mod.ts";

/**
 * What the names of a session's orders begin with, before the epoch: `x` is no digit of base 32, so that no tag with an
 * epoch behind it reads as another session's.
 *
 * @param number Number of the session on its account.
 */
export function sessionTag(number: number): string {
  return `s${number.toString(32)}x`;
}

/** Names of a session's orders begin with its tag and an epoch. */
export function isOfSession(id: string, session: string): id is ClientOrderId {
  assert(session.length > 0, "a session has a tag");
  return id.startsWith(session) && /^[0-9a-z]*-/.test(id.slice(session.length));
}
