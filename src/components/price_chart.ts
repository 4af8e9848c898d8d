import * as Plot from "@observablehq/plot";
import { chartFrame, COLOR, timeAxis } from "./chart_frame.ts";
import type { TradeRow } from "./engine.ts";
import { amount, compact, dateTime, signedPercent } from "./format.ts";
import { responsive } from "./responsive.ts";

/** Candles as columns, oldest first; perhaps several of the run merged into each. */
export interface PriceColumns {
  readonly openTimeMs: readonly number[];
  readonly open: readonly number[];
  readonly high: readonly number[];
  readonly low: readonly number[];
  readonly close: readonly number[];
}

/** Most candles that are drawn as such, and most trades that get a marker at each end; beyond, lines say more. */
const MOST_CANDLES = 220, MOST_MARKERS = 260;

/** Prices from `fromMs` to `toMs` and the trades that touch that time, each a line from entry to exit. */
export function priceChart(
  prices: PriceColumns,
  trades: readonly TradeRow[],
  fromMs: number,
  toMs: number,
): HTMLElement {
  const rows = prices.openTimeMs.flatMap((timeMs, i) =>
    timeMs < fromMs || timeMs > toMs ? [] : [{
      time: new Date(timeMs),
      open: prices.open[i],
      high: prices.high[i],
      low: prices.low[i],
      close: prices.close[i],
    }]
  );
  const shown = trades.filter(({ entryTimeMs, exitTimeMs }) => exitTimeMs >= fromMs && entryTimeMs <= toMs).map((
    trade,
  ) => ({
    ...trade,
    entry: new Date(trade.entryTimeMs),
    exit: new Date(trade.exitTimeMs),
    color: trade.pnl < 0 ? COLOR.loss : COLOR.gain,
  }));
  return responsive((width) =>
    Plot.plot(chartFrame(width, 360, {
      clip: true,
      x: timeAxis([fromMs, toMs]),
      y: { grid: true, label: null, ticks: 6, tickSize: 0, tickFormat: compact, nice: true },
      marks: [...candleMarks(rows, width), ...tradeMarks(shown)],
    }))
  );
}

interface PriceRow {
  readonly time: Date;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

function candleMarks(rows: readonly PriceRow[], width: number): Plot.Markish[] {
  if (rows.length > MOST_CANDLES) {
    return [
      Plot.areaY(rows, { x: "time", y1: "low", y2: "high", fill: COLOR.text, fillOpacity: 0.12 }),
      Plot.lineY(rows, { x: "time", y: "close", stroke: COLOR.text, strokeOpacity: 0.45, strokeWidth: 1 }),
    ];
  }
  const stroke = ({ open, close }: PriceRow) => close < open ? COLOR.loss : COLOR.gain;
  const body = Math.max(1, Math.min(9, 0.6 * (width - 72) / Math.max(1, rows.length)));
  return [
    Plot.ruleX(rows, { x: "time", y1: "low", y2: "high", stroke, strokeOpacity: 0.55 }),
    Plot.ruleX(rows, {
      x: "time",
      y1: "open",
      y2: "close",
      stroke,
      strokeWidth: body,
      strokeOpacity: 0.55,
      strokeLinecap: "butt",
    }),
  ];
}

type ShownTrade = TradeRow & { readonly entry: Date; readonly exit: Date; readonly color: string };

function tradeMarks(trades: readonly ShownTrade[]): Plot.Markish[] {
  const few = trades.length <= MOST_MARKERS;
  const marker = (x: "entry" | "exit", y: "entryPrice" | "exitPrice", options: Plot.DotOptions) =>
    Plot.dot(trades, { x, y, r: 3.5, stroke: "var(--theme-background)", strokeWidth: 0.75, ...options });
  return [
    Plot.link(trades, {
      x1: "entry",
      y1: "entryPrice",
      x2: "exit",
      y2: "exitPrice",
      stroke: "color",
      strokeWidth: 1.75,
    }),
    ...(few
      ? [
        marker("entry", "entryPrice", { symbol: "triangle", fill: COLOR.accent }),
        marker("exit", "exitPrice", { symbol: "triangle", rotate: 180, fill: "color" }),
      ]
      : []),
    Plot.tip(trades, Plot.pointer({ x: "exit", y: "exitPrice", title: describe, maxRadius: 30 })),
  ];
}

function describe(trade: ShownTrade): string {
  return [
    `trade ${trade.number}, ${trade.side}, ${signedPercent(trade.returnFraction)}`,
    `in  ${dateTime(trade.entryTimeMs)} at ${amount(trade.entryPrice)}`,
    `out ${dateTime(trade.exitTimeMs)} at ${amount(trade.exitPrice)} (${trade.exitReason})`,
  ].join("\n");
}
