// Messages of the Jupyter protocol 5.3 as parts of a ZeroMQ message, signed with the key of the connection.
import { createHmac, timingSafeEqual } from "node:crypto";
import { CodedError } from "../../engine/errors/mod.ts";

const DELIMITER = "<IDS|MSG>";
const encoder = new TextEncoder(), decoder = new TextDecoder();

/** What a kernel said. */
export interface JupyterMessage {
  readonly type: string;
  /** The id of the request that this is about. */
  readonly about: string | undefined;
  readonly content: Readonly<Record<string, unknown>>;
}

/** A request as parts to send; `parts` carry the HMAC of the rest. */
export function encodeRequest(
  key: string,
  header: { readonly id: string; readonly session: string; readonly type: string },
  content: unknown,
): Uint8Array<ArrayBuffer>[] {
  const parts = [
    { msg_id: header.id, session: header.session, msg_type: header.type, username: "", date: "", version: "5.3" },
    {},
    {},
    content,
  ].map((part) => encoder.encode(JSON.stringify(part)));
  return [encoder.encode(DELIMITER), encoder.encode(signature(key, parts)), ...parts];
}

/**
 * A received message.
 *
 * @throws {CodedError} `jupyter` when it is not one, or not signed with the key.
 */
export function decodeMessage(key: string, parts: readonly Uint8Array<ArrayBuffer>[]): JupyterMessage {
  const start = parts.findIndex((part) => decoder.decode(part) === DELIMITER);
  const signed = parts.slice(start + 2, start + 6);
  if (start < 0 || signed.length < 4) throw new CodedError("jupyter", "this is no message of a Jupyter kernel");
  const expected = encoder.encode(signature(key, signed)), given = parts[start + 1];
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw new CodedError("jupyter", "a message is not signed with the kernel's key: another program uses its port");
  }
  const [header, parent, , content] = signed.map((part) => JSON.parse(decoder.decode(part)));
  return { type: header.msg_type, about: parent.msg_id, content };
}

function signature(key: string, parts: readonly Uint8Array[]): string {
  const hmac = createHmac("sha256", key);
  for (const part of parts) hmac.update(part);
  return hmac.digest("hex");
}
