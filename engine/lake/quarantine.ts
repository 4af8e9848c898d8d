import { lakeFiles, problemOf } from "./check_lake.ts";
import type { Database } from "./duckdb.ts";
import { partsOf, settlePartition } from "./partition.ts";
import type { Provenance } from "./provenance.ts";
import { digestOf, type Storage, textOf } from "./storage.ts";

/** A damaged file that was set aside. */
export interface Quarantined {
  /** Path below the lake's folder where it was, and where it is now. */
  readonly partition: string;
  readonly movedTo: string;
  readonly problem: string;
  /** Files that were imported and providers that were asked for what it held, as far as its sidecar still tells. */
  readonly sources: readonly string[];
}

/**
 * Moves every damaged file, with its sidecar, out of the way of queries and imports: what it held is then missing, and
 * comes back when its sources are imported or fetched again. Nothing is thrown away.
 */
export async function quarantineDamaged(storage: Storage, database: Database): Promise<Quarantined[]> {
  const moved: Quarantined[] = [];
  for (const { path, look } of await lakeFiles(storage, database)) {
    if (await problemOf(look) === null) continue;
    const own = await storage.exclusively([path], async () => {
      await settlePartition(storage, path);
      const problem = await problemOf(look); // again, as nobody else writes now
      return problem === null ? null : await setAside(storage, path, problem);
    });
    if (own !== null) moved.push(own);
  }
  return moved;
}

async function setAside(storage: Storage, path: string, problem: string): Promise<Quarantined> {
  const relative = path.slice(storage.root.length + 1);
  const [parquet, sidecar, pending] = partsOf(path);
  const sources = sourcesOf(await textOf(storage, sidecar));
  // By its digest, so that a second damaged file of the month does not take the place of the first one.
  const digest = (await digestOf(storage, parquet))?.slice(0, 12) ?? "lost";
  const aside = `${storage.root}/quarantine/${relative.replace(/\.parquet$/, "")}.${digest}`;
  const target = partsOf(`${aside}.parquet`);
  for (const [i, part] of [parquet, sidecar, pending].entries()) {
    if (await storage.stamp(part) !== null) await storage.move(part, target[i]!);
  }
  return { partition: relative, movedTo: `${aside.slice(storage.root.length + 1)}.parquet`, problem, sources };
}

function sourcesOf(sidecar: string | null): string[] {
  try {
    const { provenance } = JSON.parse(sidecar ?? "{}") as {
      provenance?: readonly Partial<Provenance & { file: string }>[];
    };
    const names = (provenance ?? []).map((own) => own.file ?? ("provider" in own ? String(own.provider) : ""));
    return [...new Set(names)].filter((name) => name !== "");
  } catch {
    return [];
  }
}
