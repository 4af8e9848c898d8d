import { InputError } from "../errors/mod.ts";
import { formatTimestamp, type TimestampMs } from "../time/mod.ts";
import type { ListedMarket } from "./listings_file.ts";

/** What an exchange's listings are with those that were given, and how they differ from before. */
export interface MergedListings {
  readonly merged: readonly ListedMarket[];
  /** Markets that the lake did not have. */
  readonly added: number;
  /** Markets of which more is known now, as the day on which they ended. */
  readonly completed: number;
  readonly revised: number;
}

const FACTS = ["listedAtMs", "delistedAtMs", "renamedTo"] as const;

/**
 * Listings of one exchange with further ones.
 *
 * @param source Whose they are, for messages.
 * @param remedy What to do where they contradict what is kept; null lets them win.
 * @throws {InputError} `import` when they may not.
 */
export function mergeListings(
  kept: readonly ListedMarket[],
  given: readonly ListedMarket[],
  source: string,
  remedy: string | null,
): MergedListings {
  const merged = new Map(kept.map((own) => [own.symbol, own]));
  let added = 0, completed = 0, revised = 0;
  for (const own of given) {
    const before = merged.get(own.symbol);
    if (before === undefined) added++;
    else if (contradicts(before, own)) {
      if (remedy !== null) throw contradiction(source, remedy, before, own);
      revised++;
    } else if (JSON.stringify(joined(before, own)) !== JSON.stringify(before)) completed++;
    merged.set(own.symbol, before === undefined ? own : joined(before, own));
  }
  return { merged: [...merged.values()], added, completed, revised };
}

/** True when both say something of one fact, and not the same. */
function contradicts(before: ListedMarket, own: ListedMarket): boolean {
  return FACTS.some((fact) => before[fact] !== null && own[fact] !== null && before[fact] !== own[fact]);
}

function joined(before: ListedMarket, own: ListedMarket): ListedMarket {
  return {
    ...before,
    listedAtMs: own.listedAtMs ?? before.listedAtMs,
    delistedAtMs: own.delistedAtMs ?? before.delistedAtMs,
    renamedTo: own.renamedTo ?? before.renamedTo,
  };
}

function contradiction(source: string, remedy: string, before: ListedMarket, own: ListedMarket): InputError {
  const said = ({ listedAtMs, delistedAtMs, renamedTo }: ListedMarket) => {
    const time = (ms: TimestampMs | null) => ms === null ? "…" : formatTimestamp(ms);
    return `${time(listedAtMs)} to ${time(delistedAtMs)}${renamedTo === null ? "" : `, then ${renamedTo}`}`;
  };
  return new InputError(
    "import",
    `${source} has ${own.symbol} of ${own.exchange} from ${said(own)}, the lake from ${said(before)}: ${remedy}`,
  );
}
