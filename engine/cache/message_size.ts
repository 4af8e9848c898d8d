import { InputError } from "../errors/mod.ts";

/** Longest text of a message, bytes: what a NOTIFY of PostgreSQL carries. */
const MOST_MESSAGE_BYTES = 7_900;

/** @throws {InputError} `message` of a text that is too long for one of the stores. */
export function checkedMessage(text: string): void {
  const bytes = new TextEncoder().encode(text).length;
  if (bytes <= MOST_MESSAGE_BYTES) return;
  throw new InputError("message", `a message of ${bytes} bytes is too long: send at most ${MOST_MESSAGE_BYTES}`);
}
