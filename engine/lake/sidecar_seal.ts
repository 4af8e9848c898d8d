// A digest by which a sidecar knows itself: changed in one place, or beside another file than its own, it is none.
import { textDigest } from "./text_digest.ts";

/** What sidecars had before they were sealed; without a seal nothing else is believed. */
const UNSEALED = new Set([
  ...["sha256", "rows", "provenance", "firstOpenMs", "lastOpenMs", "quality"],
  ...["firstTimeMs", "lastTimeMs", "missing"],
]);

/** The text of a sidecar for the Parquet file of that path below the lake's root. */
export function sealed(below: string, content: object): string {
  return textOf({ ...content, seal: sealOf(below, content) });
}

/**
 * What a sidecar says.
 *
 * @returns null where its text is no JSON, or not the one that was written for that file.
 */
export function unsealed(below: string, text: string): Readonly<Record<string, unknown>> | null {
  let parsed: Record<string, unknown> | null;
  try {
    parsed = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof parsed !== "object" || parsed === null) return null;
  const { seal, ...content } = parsed;
  const isOwn = seal === undefined
    ? Object.keys(content).every((name) => UNSEALED.has(name))
    : seal === sealOf(below, content) && text === textOf(parsed);
  return isOwn ? content : null;
}

function sealOf(below: string, content: object): string {
  return textDigest(`${below}\n${JSON.stringify(content)}`);
}

function textOf(content: object): string {
  return `${JSON.stringify(content, null, 2)}\n`;
}
