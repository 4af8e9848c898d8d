import type { TimestampMs } from "../time/mod.ts";

/** How bad it is, the least first. An alarm wants somebody now. */
export const SEVERITIES = ["info", "warning", "alarm"] as const;

/** One of {@linkcode SEVERITIES}. */
export type Severity = typeof SEVERITIES[number];

/** Something that a person is told. Its texts may come from anywhere: what shows them takes them as data. */
export interface Notice {
  readonly severity: Severity;
  /** What has happened, as programs tell it apart: `process-down`. Notices of one kind may come as one message. */
  readonly kind: string;
  /** In one line. */
  readonly title: string;
  /** What there is to say beyond it, and what to do. */
  readonly text: string;
  readonly atMs: TimestampMs;
  /** Whom or what it is about: a process, a task, an account. */
  readonly subject: string;
}
