import { type LakeRoot, storageOf } from "./lake_root.ts";
import { type ListedMarket, listingsPath, readListings, writeListings } from "./listings_file.ts";
import { type MergedListings, mergeListings } from "./merge_listings.ts";

/**
 * Puts what a venue tells of when its markets were listed into the lake; what is kept already stays.
 *
 * @param root The lake's folder, or the address of its bucket.
 * @param exchange Whose markets they are.
 * @throws {InputError} `import` when it contradicts what is kept; nothing is written then.
 */
export async function storeListings(
  root: LakeRoot,
  exchange: string,
  given: readonly ListedMarket[],
): Promise<Omit<MergedListings, "merged">> {
  const storage = storageOf(root), database = await storage.database([], 1);
  try {
    return await storage.exclusively([listingsPath(storage.root, exchange)], async () => {
      const kept = await readListings(storage, database, exchange);
      const remedy = "import a file of listings with --revise to let that win";
      const { merged, added, completed, revised } = mergeListings(kept, given, exchange, remedy);
      if (added + completed > 0) {
        const provenance = { provider: exchange, how: "fetch", rows: given.length, added, revised: completed } as const;
        await writeListings(storage, database, exchange, merged, provenance);
      }
      return { added, completed, revised };
    });
  } finally {
    database.close();
  }
}
