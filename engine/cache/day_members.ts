// How long sets of a day's members are kept, by both stores.
import { DAY_MS } from "../time/mod.ts";

/** Days before the newest one that are still known. */
export const DAYS_KEPT = 2;

/** A set that nobody has added to for so long is forgotten. */
export const MEMBERS_TTL_MS = 4 * DAY_MS;
