import { atrBreakout } from "./built_in/atr_breakout.ts";
import { bollingerBreakout } from "./built_in/bollinger_breakout.ts";
import { buyAndHold } from "./built_in/buy_and_hold.ts";
import { donchianBreakout } from "./built_in/donchian_breakout.ts";
import { macdTrend } from "./built_in/macd_trend.ts";
import { rebalance } from "./built_in/rebalance.ts";
import { rsiReversion } from "./built_in/rsi_reversion.ts";
import { smaCross } from "./built_in/sma_cross.ts";
import type { Strategy } from "./strategy.ts";

/** The strategies that come with the engine; buy-and-hold is what the others are measured against. */
export const BUILT_IN_STRATEGIES = Object.freeze([
  smaCross,
  rsiReversion,
  macdTrend,
  bollingerBreakout,
  donchianBreakout,
  atrBreakout,
  rebalance,
  buyAndHold,
]) as readonly unknown[] as readonly Strategy[];
