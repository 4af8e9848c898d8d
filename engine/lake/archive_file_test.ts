import assert from "node:assert/strict";
import { filesBelow, inTemporaryFolder } from "../testing/temporary_folder.ts";
import { writeArchive } from "./archive_file.ts";
import { openDatabase, rowsOf } from "./duckdb.ts";

const COLUMNS = [
  { name: "id", type: "bigint" },
  { name: "price", type: "numeric(38,12)" },
  { name: "fee", type: "numeric(60,24)" },
  { name: "open", type: "boolean" },
  { name: "note", type: "text" },
  { name: "body", type: "jsonb" },
];
const ROWS = [
  `1,65000.010000000001,0.000000000000000000000001,t,"a ""quoted"", line\nand another","{""a"": [1, 2]}"`,
  `9007199254740991,,-12.5,f,"",{}`,
  `3,-0.5,0,,,{}`,
];

/** The text in pieces that end anywhere. */
async function* csv(rows: readonly string[]): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode([COLUMNS.map(({ name }) => name).join(","), ...rows, ""].join("\n"));
  for (let at = 0; at < bytes.length; at += 7) yield await Promise.resolve(bytes.subarray(at, at + 7));
}

Deno.test("archived rows are exact: numbers, amounts to the last digit, text with quotes and lines, nulls apart from empty text", async () => {
  await inTemporaryFolder(async (folder) => {
    const path = `${folder}/fills/2026.parquet`;
    assert.deepEqual(await writeArchive(path, { columns: COLUMNS, csv: csv(ROWS) }), { path, rows: 3 });
    const database = await openDatabase([await Deno.realPath(folder)]);
    const rows = await rowsOf(
      database,
      `select id::varchar as id, price::varchar as price, fee, open, note, body, typeof(price) as type
      from read_parquet('${await Deno.realPath(path)}')`,
    );
    database.close();
    const type = "DECIMAL(38,12)";
    assert.deepEqual(rows, [
      {
        ...{ id: "1", price: "65000.010000000001", fee: "0.000000000000000000000001", open: true, type },
        ...{ note: 'a "quoted", line\nand another', body: '{"a": [1, 2]}' },
      },
      { id: "9007199254740991", price: null, fee: "-12.5", open: false, note: "", body: "{}", type },
      { id: "3", price: "-0.500000000000", fee: "0", open: null, note: null, body: "{}", type },
    ]);
    assert.deepEqual(Object.keys(await filesBelow(folder)), ["fills/2026.parquet"]);
  });
});

Deno.test("the same name again replaces the file, and rows that cannot be read leave the old one", async () => {
  await inTemporaryFolder(async (folder) => {
    const path = `${folder}/fills.parquet`;
    await writeArchive(path, { columns: COLUMNS, csv: csv(ROWS) });
    assert.equal((await writeArchive(path, { columns: COLUMNS, csv: csv(ROWS.slice(0, 1)) })).rows, 1);
    const before = await filesBelow(folder);
    await assert.rejects(writeArchive(path, { columns: COLUMNS, csv: csv(["no number,1,1,t,x,{}"]) }));
    assert.deepEqual(await filesBelow(folder), before);
  });
});
