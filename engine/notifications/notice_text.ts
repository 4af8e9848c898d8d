// Texts of notices as every channel shows them. They may hold anything: words of a venue, of a strategy, of a stranger.
import type { Secret } from "../errors/mod.ts";
import { formatTimestamp } from "../time/mod.ts";
import type { Notice } from "./notice.ts";

/** Marks that turn the direction of what follows, so that a text would not read as it is written. */
const DIRECTION = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
/** What opens something, wherever it stands: sign-in data in an address, a token of Telegram or of a session. */
const REVEALING: readonly (readonly [RegExp, string])[] = [
  [/(\b[a-z][a-z0-9+.-]{1,20}:\/\/)[^\s\/?#@]{1,300}@/gi, "$1…@"],
  [/\b\d{6,12}:[\w-]{30,60}/g, "…"],
  [/\beyJ[\w-]{8,2000}\.[\w-]{8,4000}(\.[\w-]{1,2000})?/g, "…"],
  [/\b(signature|token|secret|password|passphrase|api_?key)=[^\s&]{1,300}/gi, "$1=…"],
];

/** One line: whatever would begin another, or cannot be seen, is a blank. */
export function cleanLine(text: string): string {
  return text.toWellFormed().replace(DIRECTION, "").replace(/[\p{Cc}\u2028\u2029\s]+/gu, " ").trim();
}

/** Several lines, without what cannot be seen. */
export function cleanText(text: string): string {
  return text.toWellFormed().replace(DIRECTION, "").replace(/\r\n?|[\u2028\u2029\u0085]/g, "\n")
    .replace(/[^\P{Cc}\n\t]/gu, " ").trim();
}

const CUT = "… (the rest is left out)";

/** At most so many UTF-16 units, saying where something is left out. No letter is cut in two. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  return text.slice(0, Math.max(0, most - CUT.length)).replace(/[\ud800-\udbff]$/, "") + CUT;
}

/** The text without these secrets, and without what looks like one. */
export function redacted(text: string, secrets: readonly Secret[]): string {
  let shown = text;
  for (const secret of secrets) {
    const own = secret.reveal();
    if (own.length >= 6) shown = shown.replaceAll(own, String(secret));
  }
  for (const [pattern, instead] of REVEALING) shown = shown.replace(pattern, instead);
  return shown;
}

/** `ALARM process-down`: our own words, which no text can imitate in what is set apart. */
export function headOf({ severity, kind }: Notice): string {
  return `${severity.toUpperCase()} ${kind.replace(/[^a-z0-9-]+/gi, "-").slice(0, 60)}`;
}

/** All the rest, in lines. */
export function bodyOf({ title, text, subject, atMs }: Notice): string {
  const more = cleanText(text);
  return [
    cleanLine(title),
    `${formatTimestamp(atMs)} ${cleanLine(subject)}`.trim(),
    ...(more === "" ? [] : ["", more]),
  ].join("\n");
}
