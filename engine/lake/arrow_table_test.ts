import assert from "node:assert/strict";
import { DuckDBInstance } from "@duckdb/node-api";
import { arrowTable } from "./arrow_table.ts";

Deno.test("an Arrow table has the values of the query: numbers, texts short and long, times, truth and what is null", async () => {
  const instance = await DuckDBInstance.create(":memory:"), connection = await instance.connect();
  try {
    const rows = 5_000,
      words = ["", "S1/USDT", "S10/USDT", "ü€", "twelve bytes", "thirteen byte", "a text of more than 12 bytes"];
    const list = words.map((word) => `'${word}'`).join(", ");
    const table = await arrowTable(
      await connection.run(
        `select (list_value(${list}))[i * 7919 % ${words.length} + 1] as word, 'T' || (i % 900) as many,
        i / 7 as number, i::bigint * 1000003 as whole, (i % 100)::utinyint as small, i::decimal(12, 2) as money,
        if(i % 3 = 0, null, i) as holes, if(i % 5 = 0, null, 'x' || i) as texts, make_timestamp_ms(i::bigint) as time,
        i % 2 = 0 as even from range(${rows}) t(i)`,
      ),
    );
    assert.equal(table.numRows, rows);
    for (let i = 0; i < rows; i++) {
      assert.deepEqual(table.get(i)!.toJSON(), {
        word: words[i * 7919 % words.length],
        many: `T${i % 900}`,
        number: i / 7,
        whole: i * 1_000_003,
        small: i % 100,
        money: i,
        holes: i % 3 === 0 ? null : i,
        texts: i % 5 === 0 ? null : `x${i}`,
        time: i,
        even: i % 2 === 0,
      });
    }
    assert.equal((await arrowTable(await connection.run("select 1 as one, 'a' as text where false"))).numRows, 0);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
});
