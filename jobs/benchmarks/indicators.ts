import { adx, atr, bollinger, cci, ema, macd, obv, rsi, sma, stochastic } from "../../engine/indicators/mod.ts";
import { close, evaluateColumns, type Series } from "../../engine/series/mod.ts";
import { fastestMs, type Workload } from "./workload.ts";

/** The functions of the peers' workload of this name, with the same lengths; all outputs of each are computed. */
const indicators: readonly (readonly [figure: string, outputs: readonly Series[]])[] = [
  ["sma50", [sma(close, 50)]],
  ["ema50", [ema(close, 50)]],
  ["rsi14", [rsi(close, 14)]],
  ["macd", Object.values(macd(close, { fast: 12, slow: 26, signal: 9 }))],
  ["bbands20", Object.values(bollinger(close, { length: 20, deviationsUp: 2, deviationsDown: 2 }))],
  ["atr14", [atr(14)]],
  ["stoch", Object.values(stochastic({ length: 14, smooth: 3, signal: 3 }))],
  ["adx14", [adx(14)]],
  ["obv", [obv()]],
  ["cci20", [cci(20)]],
];

/** Nanoseconds a candle of each indicator, in columns. */
export const indicatorsWorkload: Workload = {
  name: "indicators",
  async run(walk) {
    const rows = [];
    for (const [figure, outputs] of indicators) {
      const ms = await fastestMs(15, () => evaluateColumns(outputs, walk));
      const ours = ms * 1e6 / walk.length;
      rows.push({ workload: "indicators", figure, ours, unit: "ns a candle", moreIsBetter: false });
    }
    return rows;
  },
};
