// The hot questions are answered by indexes, also when the tables are full: read from the server's own plans.
import assert from "node:assert/strict";
import { inTransaction, type Sql, type Transaction } from "../database/mod.ts";
import { testOnDatabases } from "../testing/servers.ts";
import { entriesSince, openOrders, readEvents, tradeIdsSince } from "./read_orders.ts";
import { takeCommand } from "./sessions.ts";

const ROWS = 25_000;

/** A year of trading on a hundred accounts. */
async function fillTables(sql: Sql): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`insert into sessions (id, account, mode, epoch, started_at_ms, settings)
      select 's' || n, 'a' || n % 100, 'paper', 1, n, '{}' from generate_series(0, 99) n`;
    await tx`insert into orders (account, client_order_id, session_id, epoch, instrument, slot, decided_at_ms, quantity,
        sized_at_fill, filled, state, is_open, intent)
      select 'a' || n % 100, 'o' || n, 's' || n % 100, 1, 'x:BTC/USDT', 'entry', n, 1, false, n % 2,
        case when n % 500 = 0 then 'open' else 'filled' end, n % 500 = 0, '{}' from generate_series(1, ${ROWS}::int) n`;
    await tx`insert into fills (account, trade_id, venue, client_order_id, session_id, instrument, side, price, quantity,
        fee, fee_asset, fee_from, liquidity, time_ms, verdict)
      select 'a' || n % 100, n, 'x', 'o' || n, 's' || n % 100, 'x:BTC/USDT', 'buy', 1, 1, 0, 'USDT', 'cash', 'taker', n, 'new'
      from generate_series(1, ${ROWS}::int) n`;
    await tx`insert into journal_events (account, session_id, epoch, kind, version, time_ms, body)
      select 'a' || n % 100, 's' || n % 100, 1, 'adjustment', 1, n,
        jsonb_build_object('id', n::text, 'asset', 'USDT', 'amount', '1', 'reason', '') from generate_series(1, ${ROWS}::int) n`;
    await tx`insert into commands (id, account, kind, body, state, asked_by, asked_at_ms)
      select n, 'a' || n % 100, 'stop', '{}', case when n % 997 = 0 then 'asked' else 'done' end, 'test', n
      from generate_series(1, ${ROWS}::int) n`;
  });
  await sql`analyze`;
}

interface Plan {
  readonly "Node Type": string;
  readonly "Index Name"?: string;
  readonly Plans?: readonly Plan[];
}

const nodesOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];

/** The plans of what a repository asks, while it asks. */
async function plansOf(tx: Transaction, ask: (tx: Transaction) => Promise<unknown>): Promise<Plan[]> {
  const plans: Plan[] = [];
  const explaining = (strings: TemplateStringsArray, ...values: never[]) => {
    const explained = [`explain (format json) ${strings[0]}`, ...strings.slice(1)];
    const asked = tx(Object.assign(explained, { raw: explained }) as unknown as TemplateStringsArray, ...values);
    return asked.then(([row]) => {
      plans.push(...nodesOf((row as { "QUERY PLAN": [{ Plan: Plan }] })["QUERY PLAN"][0].Plan));
      return tx(strings, ...values);
    });
  };
  await ask(explaining as unknown as Transaction);
  return plans;
}

testOnDatabases("each hot question reads an index and no table", async ({ sql }, { context }) => {
  await fillTables(sql);
  const questions: readonly (readonly [string, string, (tx: Transaction) => Promise<unknown>])[] = [
    ["orders that are open", "orders_open", (tx) => openOrders(tx, "a3")],
    ["entries of the day", "orders_by_decision", (tx) => entriesSince(tx, "a3", ROWS - 2_000)],
    ["fills since the last seen", "fills_by_time", (tx) => tradeIdsSince(tx, "a3", ROWS - 2_000)],
    ["events from the first on", "journal_events_by_account", (tx) => readEvents(tx, "a3").next()],
    ["the next command", "commands_waiting", (tx) => takeCommand(tx, { account: "a3", takenBy: "test", nowMs: 1 })],
    [
      "an order by its name",
      "orders_pkey",
      (tx) =>
        tx`select state from orders where account = ${"a3"} and client_order_id = ${"o3"} for update`.then((rows) =>
          rows
        ),
    ],
    [
      "a fill by the venue's number",
      "fills_pkey",
      (tx) =>
        tx`select 1 from fills where venue = ${"x"} and account = ${"a3"} and trade_id = ${"3"}`.then((rows) => rows),
    ],
  ];
  for (const [what, index, ask] of questions) {
    await context.step(`${what}: ${index}`, async () => {
      const nodes = await inTransaction(sql, (tx) => plansOf(tx, ask));
      assert(nodes.some((node) => node["Index Name"] === index), JSON.stringify(nodes));
      assert.deepEqual(nodes.filter((node) => node["Node Type"] === "Seq Scan"), []);
    });
  }
});
