import { InputError } from "../errors/mod.ts";
import type { Instrument } from "../market/mod.ts";
import { formatTimestamp } from "../time/mod.ts";
import type { Database } from "./duckdb.ts";
import { fundingPath, readSettlements, writeSettlements } from "./funding_file.ts";
import { settlePartition } from "./partition.ts";
import type { Provenance, ProvenanceCounts } from "./provenance.ts";
import { completed, joinedSettlement, sameSettlement, type Settlement } from "./settlement.ts";
import type { Storage } from "./storage.ts";

/** From where settlements come. */
export interface SettlementSource {
  /** For messages. */
  readonly name: string;
  provenance(counts: ProvenanceCounts): Promise<Provenance>;
  /** What to do where it contradicts what is kept; null lets it win. */
  readonly remedy: string | null;
}

/** What became of them. */
export interface MergedSettlements {
  /** Settlements that the lake did not have. */
  readonly added: number;
  /** Settlements of which more is known now, as their mark price. */
  readonly completed: number;
  readonly revised: number;
}

/**
 * Puts settlements of one contract beside those that are kept, for the only writer.
 *
 * @throws {InputError} `import` when they contradict what is kept and may not win; nothing is written then.
 */
export async function mergeSettlements(
  storage: Storage,
  database: Database,
  market: Instrument,
  settlements: readonly Settlement[],
  source: SettlementSource,
): Promise<MergedSettlements> {
  const merged = new Map<number, Settlement>();
  for (const own of await readSettlements(storage, database, market)) merged.set(own.timeMs, own);
  const counts = { added: 0, completed: 0, revised: 0 };
  const contradicted: Settlement[] = [];
  for (const own of settlements) {
    const before = merged.get(own.timeMs);
    const joined = before === undefined ? own : joinedSettlement(before, own);
    merged.set(own.timeMs, joined ?? completed(before!, own));
    if (before === undefined) counts.added++;
    else if (joined === null) contradicted.push(own);
    else if (!sameSettlement(joined, before)) counts.completed++;
  }
  counts.revised = contradicted.length;
  if (contradicted.length > 0 && source.remedy !== null) {
    throw new InputError(
      "import",
      `${source.name} differs from ${contradicted.length} settlements that are kept already, the first of ${
        formatTimestamp(contradicted[0]!.timeMs)
      }: ${source.remedy}`,
    );
  }
  // A writer that was killed may have left its last step undone.
  await settlePartition(storage, fundingPath(storage.root, market));
  const rows = settlements.length, { added } = counts, revised = counts.completed + counts.revised;
  if (added + revised > 0) {
    const provenance = await source.provenance({ rows, added, revised });
    const inOrder = [...merged.values()].sort((a, b) => a.timeMs - b.timeMs);
    await writeSettlements(storage, database, market, inOrder, provenance);
  }
  return counts;
}
