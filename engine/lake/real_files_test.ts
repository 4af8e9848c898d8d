// What the lake says of real candles is what the list beside them says.
import assert from "node:assert/strict";
import { candleQuality, instrument } from "../market/mod.ts";
import { requireOrSkip, sharedPath } from "../testing/shared_data.ts";
import { inTemporaryFolder } from "../testing/temporary_folder.ts";
import { parseTimestamp } from "../time/mod.ts";
import { importCandles, Lake } from "./mod.ts";

interface Stated {
  readonly file: string;
  readonly first: number;
  readonly last: number;
  readonly rows: number;
  readonly gaps: number;
  readonly missing: number;
  readonly longestGap: number;
  readonly zeroVolume: number;
}

/** The table of the README: file, source, licence, first, last, rows, gaps (missing bars), largest gap, zero-volume, KB. */
async function statedOf(readme: string): Promise<Stated[]> {
  const lines = (await Deno.readTextFile(readme)).split("\n").filter((line) => line.startsWith("| `"));
  return lines.map((line) => {
    const cells = line.split("|").map((cell) => cell.trim()).slice(1, -1);
    const [gaps, missing] = cells[6]!.match(/\d+/g)!.map(Number);
    const time = (cell: string) => parseTimestamp(cell.replace(" ", "T"));
    return {
      file: cells[0]!.replaceAll("`", ""),
      first: time(cells[3]!),
      last: time(cells[4]!),
      rows: Number(cells[5]),
      gaps: gaps!,
      missing: missing!,
      longestGap: Number.parseInt(cells[7]!) || 0,
      zeroVolume: Number(cells[8]),
    };
  });
}

Deno.test("rows, range, gaps and zero volume of 32 real files are those that their README states (224 figures)", async () => {
  const folder = sharedPath("data/candles");
  if (!requireOrSkip("goldens", folder !== undefined, "data/candles")) return;
  const stated = await statedOf(`${folder}/README.md`);
  let compared = 0;
  for (const { file, ...figures } of stated) {
    await inTemporaryFolder(async (root) => {
      await importCandles(root, `${folder}/${file}`);
      const lake = new Lake(root);
      const [held, ...others] = await lake.list();
      assert.equal(others.length, 0, file);
      const { exchange, symbol, timeframe } = held!;
      assert.equal(`${exchange}/${symbol.replace(/-PERP\/USD$/, "-PERP").replace("/", "")}_${timeframe}.parquet`, file);
      const candles = await lake.candles({ instrument: instrument({ exchange, symbol }), timeframe });
      const { gaps, longestGap, inconsistent, missing, zeroVolume } = candleQuality(candles, timeframe, {
        duplicates: 0,
        outOfOrder: 0,
      });
      await lake.close();
      assert.deepEqual(
        { first: held!.firstOpenMs, last: held!.lastOpenMs, rows: held!.rows, gaps, missing, longestGap, zeroVolume },
        figures,
        file,
      );
      compared += Object.keys(figures).length;
      const { duplicates, outOfOrder, revised } = held!;
      assert.deepEqual([held!.missing, held!.zeroVolume, held!.inconsistent, inconsistent], [
        missing,
        zeroVolume,
        0,
        0,
      ]);
      assert.deepEqual([duplicates, outOfOrder, revised], [0, 0, 0], file);
    });
  }
  assert.equal(compared, 224);
});
