/** A minute: there are no leap seconds in these times. */
export const MINUTE_MS = 60_000;

/** A day, UTC: no day is longer or shorter. */
export const DAY_MS = 86_400_000;

/** A year of 365 days: what figures of a year count with. */
export const YEAR_MS = 365 * DAY_MS;
