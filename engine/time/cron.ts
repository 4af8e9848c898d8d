import { InputError } from "../errors/mod.ts";
import { dayNumber, minuteOfDay, monthAndDay, weekdayOf } from "./calendar.ts";

/** A cron expression, read. */
export interface Cron {
  /** True for the minutes that it names, as {@linkcode minuteNumber} counts them. */
  matches(minute: number): boolean;
}

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const FIELDS: readonly Field[] = [
  { name: "minute", min: 0, max: 59 },
  { name: "hour", min: 0, max: 23 },
  { name: "day of month", min: 1, max: 31 },
  {
    name: "month",
    min: 1,
    max: 12,
    names: ["", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
  },
  { name: "day of week", min: 0, max: 7, names: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] },
];

/**
 * Reads five fields: minute, hour, day of month, month, day of week, always UTC. Each is `*`, a number, a range `1-5`,
 * a list `1,15,30` or steps `8-18/2` (or a star and `/15`); months and days of the week have English names of three letters, and
 * Sunday is 0 or 7. Where both days are restricted either of them is enough, as in Vixie cron (`man 5 crontab`).
 *
 * @throws {InputError} `cron` naming the field and what it takes.
 */
export function cron(expression: string): Cron {
  const texts = expression.trim().split(/\s+/);
  if (texts.length !== FIELDS.length) {
    throw new InputError(
      "cron",
      `"${expression}" has ${texts.length} fields: write minute, hour, day of month, month and day of week, as in "0 8 * * 1-5"`,
    );
  }
  const [minutes, hours, days, months, weekdays] = texts.map((text, i) => allowed(expression, text, FIELDS[i]!));
  if (weekdays![7] === 1) weekdays![0] = 1;
  const anyDay = texts[2]!.startsWith("*"), anyWeekday = texts[4]!.startsWith("*");
  return {
    matches(minute) {
      const ofDay = minuteOfDay(minute);
      if (minutes![ofDay % 60] === 0 || hours![Math.floor(ofDay / 60)] === 0) return false;
      const day = dayNumber(minute), date = monthAndDay(day);
      if (months![date >> 5] === 0) return false;
      const byDay = days![date & 31] === 1, byWeekday = weekdays![weekdayOf(day)] === 1;
      return anyDay || anyWeekday ? byDay && byWeekday : byDay || byWeekday;
    },
  };
}

/** 1 for each value that the field's text names. */
function allowed(expression: string, text: string, field: Field): Uint8Array {
  const values = new Uint8Array(field.max + 1);
  const refuse = () => {
    const takes = `numbers from ${field.min} to ${field.max}, *, 1-5, 1,3 or */2`;
    return new InputError("cron", `the ${field.name} "${text}" of "${expression}" cannot be read: use ${takes}`);
  };
  for (const part of text.split(",")) {
    const [, first, last, step] = /^(\*|\w+)(?:-(\w+))?(?:\/(\d+))?$/.exec(part) ?? [];
    if (first === undefined || (first === "*" && last !== undefined)) throw refuse();
    const from = first === "*" ? field.min : valueOf(first, field);
    const to = last !== undefined ? valueOf(last, field) : first === "*" || step !== undefined ? field.max : from;
    const by = step === undefined ? 1 : Number(step);
    if (!(from >= field.min && to <= field.max && from <= to && by >= 1)) throw refuse();
    for (let value = from; value <= to; value += by) values[value] = 1;
  }
  return values;
}

/** NaN for what is no value of the field. */
function valueOf(text: string, { names = [] }: Field): number {
  const named = names.indexOf(text.toLowerCase());
  return named >= 0 ? named : /^\d+$/.test(text) ? Number(text) : NaN;
}
