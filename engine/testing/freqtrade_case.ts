// Test support only: the cases of the reference tool's own test table, and its rules in plain arithmetic. Nothing here
// uses the engine: what the engine does is compared with it.

/** A candle with the signals at its close. */
export interface CaseCandle {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly enter_long: number;
  readonly exit_long: number;
  readonly enter_short: number;
  readonly exit_short: number;
}

export interface CaseConfig {
  readonly stoploss: number;
  readonly minimal_roi: Readonly<Record<string, number>>;
  readonly trailing_stop: boolean;
  readonly trailing_only_offset_is_reached: boolean;
  readonly trailing_stop_positive: number | null;
  readonly trailing_stop_positive_offset: number;
  readonly use_exit_signal: boolean;
  readonly use_custom_stoploss: boolean;
  readonly custom_entry_price: number | null;
  readonly custom_exit_price: number | null;
  readonly adjust_entry_price: number | null;
  readonly leverage: number;
  readonly unfilledtimeout_minutes: number | null;
}

export interface FreqtradeCase {
  readonly id: string;
  readonly candles: readonly CaseCandle[];
  readonly config: CaseConfig;
}

export interface CaseTrade {
  readonly exit_reason: string;
  readonly open_tick: number;
  readonly close_tick: number;
  readonly is_short: boolean;
  readonly open_rate: number;
  readonly close_rate: number;
  readonly profit_ratio: number;
}

/** Hourly candles. */
export const CANDLE_MINUTES = 60;

/** Which side the signals of a candle open, if any. */
export function signalledSide(candle: CaseCandle): "buy" | "sell" | null {
  const { enter_long, exit_long, enter_short, exit_short } = candle;
  if (enter_long && !exit_long && !enter_short) return "buy";
  return enter_short && !exit_short && !enter_long ? "sell" : null;
}

interface OpenTrade {
  readonly short: boolean;
  readonly openTick: number;
  orderTick: number;
  /** Of the entry order; the entry's once it has filled. */
  rate: number;
  filled: boolean;
  stop: number;
  moved: boolean;
  /** Distance of the last move, or of the stop itself. */
  distance: number;
}

const rounded = (value: number) => Math.round(value * 1e8) / 1e8;

/**
 * What the rules make of a case.
 *
 * @param lateExit Called when an entry that had waited fills in the candle at whose open an exit was due.
 */
export function replayCase({ candles, config }: FreqtradeCase, lateExit?: () => void): CaseTrade[] {
  const trades: CaseTrade[] = [], last = candles.length - 1;
  let trade: OpenTrade | null = null;
  for (let tick = 1; tick <= last; tick++) {
    const candle = candles[tick]!;
    if (trade !== null && !trade.filled) trade = managed(trade, config, tick);
    const side = trade === null && tick < last ? signalledSide(candles[tick - 1]!) : null;
    if (side !== null) trade = entered(side === "sell", config, candle, tick);
    if (trade === null) continue;
    const isFilledNow = !trade.filled && candle.low <= trade.rate && trade.rate <= candle.high;
    if (isFilledNow) {
      trade.filled = true;
      trade.stop = away(trade, trade.rate, -Math.abs(config.stoploss) / config.leverage);
    }
    if (!trade.filled) continue;
    if (isFilledNow && trade.openTick < tick && isSignalled(trade, candles[tick - 1]!)) lateExit?.();
    const exit = exitOf(trade, config, candle, candles[tick - 1]!, tick);
    // An order outside the candle does not fill, and has run out when the next one opens.
    if (exit !== null && candle.low <= exit.rate && exit.rate <= candle.high) {
      trades.push(closed(trade, config, tick, exit));
      trade = null;
    }
  }
  if (trade?.filled) trades.push(closed(trade, config, last, { reason: "force_exit", rate: candles[last]!.open }));
  return trades;
}

/** A price changed by a share: up in the direction of the trade. */
const away = ({ short }: OpenTrade, price: number, share: number) => price * (short ? 1 - share : 1 + share);

function managed(trade: OpenTrade, config: CaseConfig, tick: number): OpenTrade | null {
  const { adjust_entry_price: adjusted, unfilledtimeout_minutes: timeout } = config;
  if ((tick - trade.orderTick) * CANDLE_MINUTES > (timeout ?? 10)) return null;
  if (adjusted === null || adjusted === trade.rate) return trade;
  return { ...trade, rate: adjusted, orderTick: tick };
}

function entered(short: boolean, config: CaseConfig, { open, high, low }: CaseCandle, tick: number): OpenTrade {
  const wanted = config.custom_entry_price ?? open;
  const rate = short ? Math.max(wanted, low) : Math.min(wanted, high);
  const distance = Math.abs(config.stoploss);
  return { short, openTick: tick, orderTick: tick, rate, filled: false, stop: NaN, moved: false, distance };
}

function closed(trade: OpenTrade, { leverage }: CaseConfig, tick: number, exit: Exit): CaseTrade {
  return {
    exit_reason: exit.reason,
    open_tick: trade.openTick,
    close_tick: tick,
    is_short: trade.short,
    open_rate: trade.rate,
    close_rate: exit.rate,
    profit_ratio: leverage * (trade.short ? 1 - exit.rate / trade.rate : exit.rate / trade.rate - 1),
  };
}

interface Exit {
  readonly reason: string;
  readonly rate: number;
}

function exitOf(trade: OpenTrade, config: CaseConfig, candle: CaseCandle, before: CaseCandle, tick: number) {
  const { short } = trade, { open, high, low } = candle;
  const best = short ? low : high, worst = short ? high : low;
  const profit = rounded(config.leverage * (short ? 1 - best / trade.rate : best / trade.rate - 1));
  const age = (tick - trade.openTick) * CANDLE_MINUTES;
  const isHit = () => short ? worst >= trade.stop : worst <= trade.stop;
  if (!isHit()) move(trade, config, best, profit);
  if (config.use_exit_signal && isSignalled(trade, before)) {
    const asked = config.custom_exit_price;
    const rate = asked === null ? open : short ? Math.min(asked, high) : Math.max(asked, low);
    return { reason: "exit_signal", rate };
  }
  if (isHit() && !trade.moved) return { reason: "stop_loss", rate: stopRate(trade, config, candle, age) };
  const roi = roiRate(trade, config, candle, age, profit);
  if (roi !== null) return { reason: "roi", rate: roi };
  return isHit() ? { reason: "trailing_stop_loss", rate: stopRate(trade, config, candle, age) } : null;
}

function isSignalled({ short }: OpenTrade, { exit_long, enter_long, exit_short, enter_short }: CaseCandle): boolean {
  return short ? exit_short === 1 && enter_short !== 1 : exit_long === 1 && enter_long !== 1;
}

function move(trade: OpenTrade, config: CaseConfig, best: number, profit: number): void {
  const to = (distance: number) => {
    const stop = away(trade, best, -distance / config.leverage);
    if (trade.short ? stop >= trade.stop : stop <= trade.stop) return;
    [trade.stop, trade.moved, trade.distance] = [stop, true, distance];
  };
  if (config.use_custom_stoploss) to(Math.abs(config.stoploss));
  const { trailing_stop_positive: positive, trailing_stop_positive_offset: offset } = config;
  if (!config.trailing_stop || (config.trailing_only_offset_is_reached && profit < offset)) return;
  to(positive !== null && profit > offset ? positive : Math.abs(config.stoploss));
}

function stopRate(trade: OpenTrade, config: CaseConfig, { open, high, low }: CaseCandle, age: number): number {
  if (trade.short ? trade.stop < low : trade.stop > high) return open;
  if (!trade.moved || age > 0) return trade.stop;
  const { trailing_stop_positive: positive, trailing_stop_positive_offset: offset, leverage } = config;
  const armed = !config.use_custom_stoploss && config.trailing_stop && config.trailing_only_offset_is_reached &&
    positive;
  const rate = away(trade, open, armed ? offset - positive / leverage : -trade.distance / leverage);
  return trade.short ? Math.min(rate, high) : Math.max(rate, low);
}

function roiRate(
  trade: OpenTrade,
  config: CaseConfig,
  { open, high, low, close }: CaseCandle,
  age: number,
  profit: number,
): number | null {
  const keys = Object.keys(config.minimal_roi).map(Number).filter((key) => key <= age);
  if (keys.length === 0) return null;
  const key = Math.max(...keys), value = config.minimal_roi[key]!;
  if (!(profit > value)) return null;
  const onCandle = key % CANDLE_MINUTES === 0;
  if (value === -1 && onCandle) return open;
  const rate = away(trade, trade.rate, value / config.leverage);
  const isBetter = trade.short ? open < rate : open > rate;
  if (age > 0 && key === age && onCandle && isBetter) return open;
  const against = trade.short
    ? close > open && trade.rate > open && rate < close
    : close < open && trade.rate < open && rate > close;
  return age === 0 && against ? null : Math.min(Math.max(rate, low), high);
}
