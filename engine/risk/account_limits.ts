// Limits in money that an account in the mode `live` keeps to, whatever its strategies' own limits are.
import type { TimestampMs } from "../time/mod.ts";
import { entriesOnly } from "./limits.ts";
import type { RiskHistory } from "./risk_history.ts";
import type { RiskRule } from "./risk_rule.ts";

/** Limits in the quote currency, and a count of entries. */
export interface AccountLimits {
  /** Of one asset over all its markets, with what is on its way. */
  readonly maxPositionQuote: number;
  /** Loss since 00:00 UTC after which nothing new is opened. */
  readonly maxDailyLossQuote: number;
  readonly maxOrderQuote: number;
  /** Entries since 00:00 UTC. */
  readonly maxDailyEntries: number;
}

/** What the account did on a day before the session that counts it: a session that begins anew must not forget it. */
export interface DayBefore {
  /** 00:00 UTC of the day. */
  readonly dayStartMs: TimestampMs;
  readonly entries: number;
  /** Below zero for a gain, quote units. */
  readonly lossQuote: number;
}

/** The rules of an account's limits, in the order in which a refusal is reported. */
export function accountRules(limits: AccountLimits, before: DayBefore): RiskRule[] {
  const { maxPositionQuote, maxDailyLossQuote, maxOrderQuote, maxDailyEntries } = limits;
  const isThatDay = ({ dayStartMs }: RiskHistory) => dayStartMs <= before.dayStartMs;
  // Written so that what is not a number is refused (I15).
  const rules: RiskRule[] = [
    (_, { orderNotional }) =>
      orderNotional <= maxOrderQuote
        ? null
        : { code: "account-order", reason: `an order for ${money(orderNotional)}, the most is ${maxOrderQuote}` },
    (_, { assetExposure, orderNotional, instrument: { base } }) => {
      const position = assetExposure + orderNotional;
      if (position <= maxPositionQuote) return null;
      return {
        code: "account-position",
        reason: `${base} would be worth ${money(position)}, the most is ${maxPositionQuote}`,
      };
    },
    (_, { history }) => {
      const entries = history.entriesToday + (isThatDay(history) ? before.entries : 0);
      if (entries < maxDailyEntries) return null;
      return { code: "account-entries", reason: `${entries} entries today, the most is ${maxDailyEntries}` };
    },
    (_, { equity, history }) => {
      const loss = history.equityAtDayStart - equity + (isThatDay(history) ? before.lossQuote : 0);
      if (loss < maxDailyLossQuote) return null;
      return {
        code: "account-daily-loss",
        reason: `the day has lost ${money(loss)}, the most is ${maxDailyLossQuote}`,
      };
    },
  ];
  return rules.map(entriesOnly);
}

function money(amount: number): string {
  return amount.toFixed(2);
}
