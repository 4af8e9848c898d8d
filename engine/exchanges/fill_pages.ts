import type { TimestampMs } from "../time/mod.ts";
import type { FillPaging } from "./dialect.ts";
import type { VenueFill } from "./exchange.ts";
import { BadFrame } from "./outcome_of.ts";

/** Where a page begins or ends. */
export interface FillPage {
  readonly fromMs: TimestampMs;
  /** Not included; null for no end. */
  readonly toMs: TimestampMs | null;
  /** From this trade on, itself included, in place of a time. */
  readonly fromId: string | null;
}

/** How far a page without any fills looks from its time on, and the time up to which is looked. */
interface FillSpan {
  readonly lengthMs: number;
  readonly untilMs: TimestampMs;
}

/** So many pages are asked for by one call: more is a mistake of somebody's. */
const PAGES_MAX = 1_000;

/**
 * All fills of a stretch of time, once each. Pages overlap, and only one that brings nothing new is the last: how many rows
 * a venue gives is not known, so a page that looks short proves nothing (fault 25).
 *
 * @param rowsMin A page of one moment that has so many rows may hide others of it.
 * @param span Where the venue looks no further than so long from a page's time on: an empty page is no end there.
 * @throws {BadFrame} where a page cannot be paged past: its fills are all of one moment.
 */
export async function allFills(
  ask: (page: FillPage) => Promise<readonly VenueFill[]>,
  { paging, rowsMin }: { readonly paging: FillPaging; readonly rowsMin: number },
  fromMs: TimestampMs,
  toMs: TimestampMs | null,
  span: FillSpan | null = null,
): Promise<VenueFill[]> {
  const fills = new Map<string, VenueFill>();
  let page: FillPage = { fromMs, toMs: paging === "by-id" ? null : toMs, fromId: null };
  for (let pages = 0; pages < PAGES_MAX; pages++) {
    const rows = await ask(page), before = fills.size;
    for (const row of rows) fills.set(row.id, row);
    if (paging !== "by-id" && rows.length >= rowsMin && new Set(rows.map(({ timeMs }) => timeMs)).size === 1) {
      throw new BadFrame(`${rows.length} fills of one moment fill a page that cannot be paged past`);
    }
    if (fills.size === before) {
      if (span === null || page.fromId !== null || page.fromMs + span.lengthMs >= span.untilMs) {
        return [...fills.values()];
      }
      page = { ...page, fromMs: page.fromMs + span.lengthMs as TimestampMs };
      continue;
    }
    page = pageAfter(rows, page, paging);
  }
  throw new BadFrame(`there are more than ${PAGES_MAX} pages of fills: ask for a shorter time`);
}

/** The next page, with the last row of this one in it. */
function pageAfter(rows: readonly VenueFill[], page: FillPage, paging: FillPaging): FillPage {
  const times = rows.map(({ timeMs }) => timeMs);
  if (paging === "backward") return { ...page, toMs: Math.min(...times) + 1 as TimestampMs };
  // Not all that is numbered later has happened later: a page from an earlier number on would be the same page again.
  if (paging === "by-id") return { ...page, fromId: rows.reduce((a, b) => isLater(b, a) ? b : a).id };
  return { ...page, fromMs: Math.max(...times) as TimestampMs };
}

/** Numbers of trades grow. */
function isLater(a: VenueFill, b: VenueFill): boolean {
  return a.id.length === b.id.length ? a.id > b.id : a.id.length > b.id.length;
}
