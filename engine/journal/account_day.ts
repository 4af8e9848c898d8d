import type { Transaction } from "../database/mod.ts";

/** What an account has done since a moment. */
export interface AccountDay {
  /** Entries that were recorded, whatever became of them. */
  readonly entries: number;
  /** Below zero for a gain, quote units. What was bought since and is still held counts at the last price of a fill. */
  readonly lossQuote: number;
}

/** The entries and the loss of an account since a moment, over all of its sessions: what daily limits begin with. */
export async function accountDay(tx: Transaction, account: string, sinceMs: number): Promise<AccountDay> {
  const [{ loss }] = await tx<{ loss: number }[]>`
    with day as (
      select instrument, time_ms, trade_id, price, case side when 'buy' then quantity else -quantity end as bought,
        case when instrument like '%/' || fee_asset then fee
          when instrument like '%:' || fee_asset || '/%' then fee * price
          else coalesce(fee_worth_quote, 0) end as cost
      from fills where account = ${account} and time_ms >= ${sinceMs}
    ), markets as (
      select sum(bought * price + cost)
        - sum(bought) * (array_agg(price order by time_ms desc, length(trade_id) desc, trade_id desc))[1] as loss
      from day group by instrument
    )
    select coalesce(sum(loss), 0)::float8 as loss from markets`;
  const [{ entries }] = await tx<{ entries: number }[]>`
    select count(*)::int as entries from orders
    where account = ${account} and decided_at_ms >= ${sinceMs} and slot = 'entry'`;
  return { entries, lossQuote: loss };
}
