// What the process that trades has to tell people. It reaches no channel of theirs: it says so in a line, and whoever keeps
// it hands that on.
import { z } from "zod";
import { type Notice, SEVERITIES } from "../../engine/notifications/mod.ts";
import { counted } from "../../engine/errors/mod.ts";
import { type TimestampMs, timestampMs } from "../../engine/time/mod.ts";

/** Begins such a line. */
const MARK = "notice: ";

const schema = z.strictObject({
  severity: z.enum(SEVERITIES),
  kind: z.string(),
  title: z.string(),
  text: z.string(),
  atMs: z.int().transform(timestampMs),
  subject: z.string(),
});

/** The line of a notice. */
export function noticeLine(notice: Notice): string {
  return MARK + JSON.stringify(notice);
}

/** The notice of a line; null of every other line. */
export function noticeIn(line: string): Notice | null {
  if (!line.startsWith(MARK)) return null;
  try {
    return schema.parse(JSON.parse(line.slice(MARK.length)));
  } catch {
    return null;
  }
}

/** That a certificate has found what nothing explains: decisions are not what they should have been. */
export function differenceNotice(session: string, wrong: readonly string[], atMs: TimestampMs): Notice {
  return {
    severity: "alarm",
    kind: "certificate-difference",
    title: `${session}: ${counted(wrong.length, "difference")} that nothing explains`,
    text: `${wrong.slice(0, DIFFERENCES_SHOWN).join("\n")}\n\ndeno task certify ${session} says more.`,
    atMs,
    subject: session,
  };
}

const DIFFERENCES_SHOWN = 10;
