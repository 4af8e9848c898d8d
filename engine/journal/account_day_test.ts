import assert from "node:assert/strict";
import { inTransaction } from "../database/mod.ts";
import { testOnDatabases } from "../testing/servers.ts";
import { accountDay, entriesSince } from "./mod.ts";

testOnDatabases(
  "accountDay() counts entries and loss of an account since a moment, over all of its sessions",
  async ({ sql }) => {
    await sql`insert into sessions (id, account, mode, epoch, started_at_ms, settings)
    values ('one', 'a', 'live', 1, 0, '{}'), ('two', 'a', 'live', 2, 0, '{}'), ('other', 'b', 'live', 3, 0, '{}')`;
    const order = (session: string, n: number, slot = "entry") =>
      sql`insert into orders (account, client_order_id, session_id, epoch, instrument, slot, decided_at_ms, quantity,
        sized_at_fill, state, intent)
      select account, ${`o${n}`}, id, 1, 'x:BTC/USDT', ${slot}, ${n}, 1, false, 'filled', '{}'
      from sessions where id = ${session}`;
    for (
      const [session, n, slot] of [["one", 99], ["one", 100], ["two", 101, "stop"], ["two", 102], [
        "other",
        103,
      ]] as const
    ) {
      await order(session, n, slot);
    }
    const day = () => inTransaction(sql, (tx) => accountDay(tx, "a", 100));
    assert.deepEqual(await day(), { entries: 2, lossQuote: 0 });
    assert.deepEqual((await entriesSince(sql, "a", 100)).sort(), ["o100", "o102"]);
    let id = 0;
    const fill = (
      session: string,
      market: string,
      side: string,
      price: number,
      quantity: number,
      own = {},
      timeMs = 100,
    ) => {
      const { fee = 0, asset = "USDT", worth = null } = own as { fee?: number; asset?: string; worth?: number | null };
      return sql`insert into fills (account, trade_id, venue, client_order_id, session_id, instrument, side, price,
        quantity, fee, fee_asset, fee_from, fee_worth_quote, liquidity, time_ms, verdict)
      select account, ${`${++id}`}, 'x', 'o', id, ${`x:${market}`}, ${side}, ${price}, ${quantity}, ${fee}, ${asset},
        'cash', ${worth}, 'taker', ${timeMs}, 'new' from sessions where id = ${session}`;
    };
    await fill("one", "BTC/USDT", "buy", 500, 1, {}, 99);
    await fill("one", "BTC/USDT", "buy", 100, 2, { fee: 1 });
    await fill("two", "BTC/USDT", "sell", 90, 1, { fee: 0.01, asset: "BTC" }, 101);
    await fill("two", "ETH/USDT", "buy", 10, 1, { fee: 0.001, asset: "BNB", worth: 0.5 });
    await fill("other", "BTC/USDT", "buy", 1_000, 1);
    // Bought at 200 with 1 of fee, sold for 90 with a fee worth 0.9, and one that is held is worth 90 now.
    assert.deepEqual(await day(), { entries: 2, lossQuote: 21.9 + 0.5 });
  },
);
