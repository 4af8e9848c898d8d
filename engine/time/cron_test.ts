import assert from "node:assert/strict";
import fc from "fast-check";
import {
  cron,
  dayNumber,
  minuteNumber,
  minuteOfDay,
  monthAndDay,
  parseTimestamp,
  timestampMs,
  weekdayOf,
} from "./mod.ts";

Deno.test("calendar figures are those of a Date, over 10,000 moments from 1900 to 2200", () => {
  fc.assert(
    fc.property(fc.integer({ min: Date.UTC(1900, 0, 1), max: Date.UTC(2200, 0, 1) }), (value) => {
      const minute = minuteNumber(timestampMs(value)), date = new Date(value);
      const monthDay = monthAndDay(dayNumber(minute));
      assert.equal(monthDay >> 5, date.getUTCMonth() + 1);
      assert.equal(monthDay & 31, date.getUTCDate());
      assert.equal(weekdayOf(dayNumber(minute)), date.getUTCDay());
      assert.equal(minuteOfDay(minute), date.getUTCHours() * 60 + date.getUTCMinutes());
    }),
    { numRuns: 10_000 },
  );
});

Deno.test("a cron expression matches the minutes that it names (22 cases)", () => {
  // 2024-08-05 was a Monday, 2024-02-29 a Thursday.
  const cases: [expression: string, time: string, matches: boolean][] = [
    ["* * * * *", "2024-08-05T06:31", true],
    ["30 8 * * *", "2024-08-05T08:30", true],
    ["30 8 * * *", "2024-08-05T08:31", false],
    ["30 8 * * *", "2024-08-05T09:30", false],
    ["*/15 * * * *", "2024-08-05T09:45", true],
    ["*/15 * * * *", "2024-08-05T09:50", false],
    ["0 8-16/4 * * *", "2024-08-05T12:00", true],
    ["0 8-16/4 * * *", "2024-08-05T14:00", false],
    ["0 5/6 * * *", "2024-08-05T23:00", true],
    ["0 0,12 * * *", "2024-08-05T12:00", true],
    ["0 8 * * 1-5", "2024-08-05T08:00", true],
    ["0 8 * * 1-5", "2024-08-04T08:00", false],
    ["0 8 * * MON-FRI", "2024-08-09T08:00", true],
    ["0 8 * * 0", "2024-08-04T08:00", true],
    ["0 8 * * 7", "2024-08-04T08:00", true],
    ["0 0 29 2 *", "2024-02-29", true],
    ["0 0 29 feb *", "2024-03-29", false],
    ["0 0 1 * *", "2024-09-01", true],
    // Both days restricted: either is enough.
    ["0 0 13 * 5", "2024-08-13", true],
    ["0 0 13 * 5", "2024-08-16", true],
    ["0 0 13 * 5", "2024-08-15", false],
    ["0 0 */2 * 5", "2024-08-16", false],
  ];
  for (const [expression, time, matches] of cases) {
    assert.equal(cron(expression).matches(minuteNumber(parseTimestamp(time))), matches, `${expression} at ${time}`);
  }
});

Deno.test("an expression that is none says which field is wrong (9 cases)", () => {
  const cases: [string, RegExp][] = [
    ["0 8 * *", /has 4 fields: write minute, hour/],
    ["60 * * * *", /the minute "60" of .* cannot be read: use numbers from 0 to 59/],
    ["* 24 * * *", /the hour "24"/],
    ["* * 0 * *", /the day of month "0"/],
    ["* * * 13 *", /the month "13"/],
    ["* * * * 8", /the day of week "8"/],
    ["5-1 * * * *", /the minute "5-1"/],
    ["*/0 * * * *", /the minute "\*\/0"/],
    ["* * * * mo", /the day of week "mo"/],
  ];
  for (const [expression, message] of cases) assert.throws(() => cron(expression), message, expression);
});

Deno.test("a cron expression of single values matches one minute in the period that it names, over 10,000 of them", () => {
  const minute = fc.integer({ min: 0, max: 59 }), hour = fc.integer({ min: 0, max: 23 });
  fc.assert(
    fc.property(minute, hour, fc.integer({ min: 0, max: 20_000 }), (m, h, day) => {
      const expression = cron(`${m} ${h} * * ${new Date(day * 86_400_000).getUTCDay()}`);
      const at = day * 86_400_000 + h * 3_600_000 + m * 60_000;
      const matches = (time: number) => expression.matches(minuteNumber(timestampMs(time)));
      assert.ok(matches(at) && matches(at + 59_999));
      for (const other of [at - 1, at + 60_000, at + 86_400_000]) assert.ok(!matches(other));
    }),
    { numRuns: 10_000 },
  );
});
