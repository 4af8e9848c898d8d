// What waits in a channel: notices that belong together, as one message.
import { counted } from "../errors/mod.ts";
import { formatTimestamp, type TimestampMs } from "../time/mod.ts";
import { type Notice, SEVERITIES, type Severity } from "./notice.ts";
import { cleanLine, cut } from "./notice_text.ts";
import type { Delivery } from "./notifier.ts";

/** Notices of a message that are told one by one; the others are counted. */
const TOLD_MOST = 20;
/** Of each of them, in a message of several. */
const LINE_MOST = 160;

/** Hears what has become of a notice. */
export type Hear = (delivery: Delivery) => void;

/** What a message of several keeps of each. */
type Told = Pick<Notice, "title" | "subject" | "text" | "atMs">;

/** Notices that come as one message: of one severity and kind, alarms also of one subject. */
export class Pending {
  readonly #told: Told[] = [];
  readonly hearing = new Set<Hear>();
  count = 0;
  #lastAtMs: TimestampMs;

  /** @param sinceMs When the first of them was handed in. */
  constructor(readonly first: Notice, public sinceMs: number) {
    this.#lastAtMs = first.atMs;
  }

  static keyOf({ severity, kind, subject }: Notice): string {
    return JSON.stringify(severity === "alarm" ? [severity, kind, subject] : [severity, kind]);
  }

  get severity(): Severity {
    return this.first.severity;
  }

  add({ title, subject, text, atMs }: Notice): void {
    this.count++;
    this.#lastAtMs = atMs;
    if (this.#told.length < TOLD_MOST) this.#told.push({ title, subject, text: text.slice(0, 4 * LINE_MOST), atMs });
  }

  /** Takes in what came while this one was on its way. */
  join(later: Pending): void {
    this.count += later.count;
    this.#lastAtMs = later.#lastAtMs;
    this.#told.push(...later.#told.slice(0, TOLD_MOST - this.#told.length));
    for (const hear of later.hearing) this.hearing.add(hear);
  }

  /** The message. */
  notice(): Notice {
    if (this.count === 1) return this.first;
    const { severity, kind, subject, title } = this.first, told = this.#told;
    const isOne = told.every((own) => own.title === title), isOfOne = told.every((own) => own.subject === subject);
    const lines = told.map((notice) => {
      const more = notice.text === "" ? "" : `: ${cleanLine(notice.text)}`;
      return cut(`${formatTimestamp(notice.atMs)} ${cleanLine(notice.title)}${more}`, LINE_MOST);
    });
    const rest = this.count - told.length;
    return {
      severity,
      kind,
      title: isOne ? `${this.count} × ${title}` : `${counted(this.count, "notice")} of ${kind}`,
      text: [
        `${this.count} between ${formatTimestamp(this.first.atMs)} and ${formatTimestamp(this.#lastAtMs)}:`,
        ...lines,
        ...(rest === 0 ? [] : [`and ${rest} more`]),
      ].join("\n"),
      atMs: this.#lastAtMs,
      subject: isOfOne ? subject : "several",
    };
  }
}

/** How urgent a severity is, the more the higher. */
export function urgency(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}
