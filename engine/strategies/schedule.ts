// When a strategy may enter: windows of the calendar, as series of the closing time, so that all evaluators agree.
import { InputError } from "../errors/mod.ts";
import { canonicalJson } from "../identity/mod.ts";
import { constant, type Series, timeSeries } from "../series/mod.ts";
import { cron, MINUTE_MS, parseTimestamp } from "../time/mod.ts";

/** A day of the week. */
export type Weekday = "sun" | "mon" | "tue" | "wed" | "thu" | "fri" | "sat";

/** Hours of the day in which entries may be decided, `from` included and `to` not: `08:00`, `24:00`. UTC. */
export interface Session {
  readonly from: string;
  /** Before `from`: on the next day. */
  readonly to: string;
  /** Days on which it begins; every day without them. */
  readonly days?: readonly Weekday[];
}

/** A time in which nothing is entered, `from` included and `to` not, as ISO text. UTC. */
export interface Blackout {
  readonly from: string;
  readonly to: string;
}

/**
 * When a strategy may enter. What counts is the moment of the decision: the close of the candle, in UTC. Outside, entries
 * are refused with the code `schedule` and waiting ones are taken back; exits and stops work at any time.
 */
export interface Schedule {
  /** Five fields, see `cron`: entries only in the minutes that it names. */
  readonly cron?: string;
  /** Entries only within one of them. */
  readonly sessions?: readonly Session[];
  readonly blackouts?: readonly Blackout[];
  /** True: a position is closed at the first close outside the sessions or within a blackout, reason `session-end`. */
  readonly closeAtEnd?: boolean;
}

const WEEKDAYS: readonly Weekday[] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const DAY_MINUTES = 1_440, WEEK_MINUTES = 7 * DAY_MINUTES;
/** 1970-01-01 was a Thursday: minutes of a week that begins on Sunday. */
const EPOCH_MINUTES = 4 * DAY_MINUTES;

/**
 * A schedule as two series of 0 and 1: whether an entry may be decided, and whether the candle closes outside the
 * sessions or within a blackout.
 *
 * @throws {InputError} `schedule` or `cron` for one that says nothing, and for hours, days or times that cannot be read.
 */
export function scheduleSeries(schedule: Schedule): { readonly open: Series; readonly outside: Series } {
  const { sessions, blackouts = [] } = schedule;
  const windows = sessions !== undefined || blackouts.length > 0;
  if (!windows && (schedule.cron === undefined || schedule.closeAtEnd === true)) {
    const missing = schedule.closeAtEnd === true ? "closeAtEnd needs" : "a schedule needs a cron expression,";
    throw new InputError("schedule", `${missing} sessions or blackouts to say when: state some, or leave it out`);
  }
  const week = sessions === undefined ? null : weekOf(sessions);
  const ranges = blackouts.map(rangeOf);
  const outside = !windows ? constant(0) : timeSeries(`outside ${canonicalJson({ sessions, blackouts })}`, (minute) => {
    if (week !== null && week[minuteOfWeek(minute)] === 0) return 1;
    for (const { from, to } of ranges) if (minute >= from && minute < to) return 1;
    return 0;
  });
  if (schedule.cron === undefined) return { open: outside.not(), outside };
  const { matches } = cron(schedule.cron);
  const due = timeSeries(`cron ${schedule.cron}`, (minute) => matches(minute) ? 1 : 0);
  return { open: outside.not().and(due), outside };
}

function minuteOfWeek(minute: number): number {
  return ((minute + EPOCH_MINUTES) % WEEK_MINUTES + WEEK_MINUTES) % WEEK_MINUTES;
}

/** 1 for each minute of the week that lies in a session. */
function weekOf(sessions: readonly Session[]): Uint8Array {
  if (sessions.length === 0) throw new InputError("schedule", "a schedule without a session never opens: state one");
  const week = new Uint8Array(WEEK_MINUTES);
  for (const { from, to, days = WEEKDAYS } of sessions) {
    const start = minuteOf(from), end = minuteOf(to), length = end > start ? end - start : end + DAY_MINUTES - start;
    if (start === DAY_MINUTES || start === end) {
      throw new InputError("schedule", `a session from ${from} to ${to} is empty: let it end at another time`);
    }
    for (const day of days) {
      const first = WEEKDAYS.indexOf(day) * DAY_MINUTES + start;
      if (first < 0) throw new InputError("schedule", `"${day}" is not a day: use ${WEEKDAYS.join(", ")}`);
      for (let minute = first; minute < first + length; minute++) week[minute % WEEK_MINUTES] = 1;
    }
  }
  return week;
}

function minuteOf(text: string): number {
  const [, hours, minutes] = /^([01]\d|2[0-4]):([0-5]\d)$/.exec(text) ?? [];
  const minute = Number(hours) * 60 + Number(minutes);
  if (minute <= DAY_MINUTES) return minute;
  throw new InputError("schedule", `"${text}" is not a time of day: write it like 08:00, at most 24:00`);
}

/** Minutes since 1970; a candle closes on a minute, so a bound within one counts from the next. */
function rangeOf({ from, to }: Blackout): { from: number; to: number } {
  const range = { from: Math.ceil(parseTimestamp(from) / MINUTE_MS), to: Math.ceil(parseTimestamp(to) / MINUTE_MS) };
  if (range.from < range.to) return range;
  throw new InputError("schedule", `the blackout from ${from} to ${to} is empty: "to" must come after "from"`);
}
