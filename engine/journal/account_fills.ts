// What an account has traded, for reports; the questions of trading itself are in read_orders.ts.
import type { Transaction } from "../database/mod.ts";
import type { Fee, Notional, Price, Quantity } from "../money/mod.ts";
import type { Fill } from "../orders/mod.ts";
import { money, units } from "./event_form.ts";

/** The fills of an account, or of one of its sessions, oldest first; those of one time by the venue's numbers. */
export async function accountFills(tx: Transaction, account: string, session?: string): Promise<Fill[]> {
  const rows = await tx<FillRow[]>`
    select trade_id as "tradeId", client_order_id as "clientOrderId", instrument, side, price, quantity, fee,
      fee_asset as "feeAsset", fee_from as "feeFrom", fee_worth_quote as worth, liquidity, time_ms as "timeMs"
    from fills where account = ${account} ${session === undefined ? tx`` : tx`and session_id = ${session}`}
    order by time_ms, length(trade_id), trade_id`;
  return rows.map(({ price, quantity, fee, worth, ...own }) => ({
    ...own,
    price: units<Price>(price),
    quantity: units<Quantity>(quantity),
    fee: money<Fee>(fee),
    ...(worth === null ? {} : { feeWorthQuote: money<Notional>(worth) }),
  }));
}

type FillRow = Omit<Fill, "price" | "quantity" | "fee" | "feeWorthQuote"> & {
  readonly price: string;
  readonly quantity: string;
  readonly fee: string;
  readonly worth: string | null;
};

/** Names of an account's adjustments, oldest first. */
export async function adjustmentIds(tx: Transaction, account: string): Promise<string[]> {
  const rows = await tx<{ id: string }[]>`select id from adjustments where account = ${account} order by time_ms, id`;
  return rows.map(({ id }) => id);
}

/** True when fills of an account have left the database for the archive. */
export async function isThinned(tx: Transaction, account: string): Promise<boolean> {
  const [{ thinned }] = await tx<{ thinned: boolean }[]>`
    select exists(select from archived_sums where account = ${account}) as thinned`;
  return thinned;
}
