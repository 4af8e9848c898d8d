import type { Markish } from "@observablehq/plot";
import { InputError } from "../errors/mod.ts";
import { type CandleColumns, candlesBetween } from "../market/mod.ts";
import type { Trade } from "../portfolio/mod.ts";
import { evaluateColumns, type Series } from "../series/mod.ts";
import { formatTimestamp, parseTimestamp, type TimestampMs } from "../time/mod.ts";
import { AXES, COLOR, drawing, type PlotModule } from "./drawing.ts";
import { escaped } from "./markup.ts";
import { showing, type Shown } from "./shown.ts";
import { moment } from "./wording.ts";

/** Candles beyond which a line of closes says more. */
const MOST_CANDLES = 250;

/** What a chart shows over the candles, and which of them. */
export interface ChartOptions {
  /** First open time, and the one at which to end (not included), as text; all candles unless stated. */
  readonly from?: string;
  readonly to?: string;
  /** Series in units of the price, as lines named by their labels. */
  readonly lines?: readonly Series[];
  /** Shaded between two series, as `bollinger` gives them. */
  readonly band?: { readonly upper: Series; readonly lower: Series };
  /** Trades, each a line from entry to exit. */
  readonly trades?: readonly Trade[];
}

/** One row to draw; lines are null where they are not known. */
interface Row {
  readonly time: Date;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly lines: readonly (number | null)[];
  readonly upper: number | null;
  readonly lower: number | null;
}

/**
 * A chart of candles with series over them. The series are computed from the first candle given, also where the chart
 * begins later, so they are known from its left edge on.
 *
 * @throws {InputError} `chart` when no candle lies in the range.
 */
export function chart(candles: CandleColumns, options: ChartOptions = {}): Shown {
  const from = options.from === undefined ? -Infinity : parseTimestamp(options.from);
  const to = options.to === undefined ? Infinity : parseTimestamp(options.to);
  const shown = candlesBetween(candles, from as TimestampMs, to as TimestampMs);
  if (shown.length === 0) {
    throw new InputError("chart", `no candle of ${candles.instrument.id} lies in this range: ${rangeOf(candles)}`);
  }
  const { lines = [], band, trades = [] } = options;
  const rows = rowsOf(candles, shown, lines, band);
  const first = shown.openTimeMs[0]!, last = shown.openTimeMs[shown.length - 1]!;
  const seen = trades.filter(({ entryTimeMs, exitTimeMs }) => exitTimeMs >= first && entryTimeMs <= last);
  const { exchange, symbol } = candles.instrument;
  const title = `${exchange} ${symbol}, ${candles.timeframe}, ${moment(first)} to ${moment(last)}`;
  return showing({}, async () => {
    const svg = await drawing(title, (plot) => ({
      ...AXES,
      height: 380,
      clip: true,
      marks: [
        ...(band ? [bandMark(plot, rows)] : []),
        ...candleMarks(plot, rows),
        ...lines.map((_, i) =>
          plot.lineY(rows, { x: "time", y: (row: Row) => row.lines[i], stroke: lineColor(i), strokeWidth: 1.5 })
        ),
        ...tradeMarks(plot, seen),
      ],
    }));
    const names = lines.map(({ label }, i) => [label, lineColor(i)] as const);
    const shade = band ? [[`${band.lower.label} … ${band.upper.label}`, COLOR.accent] as const] : [];
    return {
      "text/html": `<p><strong>${escaped(title)}</strong></p>\n${svg}\n${legend([...names, ...shade])}`.trimEnd(),
      "text/plain": `[chart of ${title}]`,
    };
  });
}

function rowsOf(
  candles: CandleColumns,
  shown: CandleColumns,
  lines: readonly Series[],
  band: ChartOptions["band"],
): Row[] {
  const values = evaluateColumns([...lines, ...(band ? [band.upper, band.lower] : [])], candles);
  const skipped = candles.openTimeMs.indexOf(shown.openTimeMs[0]!);
  const known = (column: Float64Array | undefined, i: number) => {
    const value = column?.[skipped + i] ?? NaN;
    return Number.isNaN(value) ? null : value;
  };
  return Array.from({ length: shown.length }, (_, i) => ({
    time: new Date(shown.openTimeMs[i]!),
    open: shown.open[i]!,
    high: shown.high[i]!,
    low: shown.low[i]!,
    close: shown.close[i]!,
    lines: lines.map((_, line) => known(values[line], i)),
    upper: band ? known(values[lines.length], i) : null,
    lower: band ? known(values[lines.length + 1], i) : null,
  }));
}

function candleMarks(plot: PlotModule, rows: readonly Row[]): Markish[] {
  if (rows.length > MOST_CANDLES) {
    return [plot.lineY(rows, { x: "time", y: "close", stroke: COLOR.muted, strokeWidth: 1 })];
  }
  const sides = [
    [rows.filter(({ open, close }) => close >= open), COLOR.gain],
    [rows.filter(({ open, close }) => close < open), COLOR.loss],
  ] as const;
  const strokeWidth = Math.max(1, Math.min(9, Math.floor(480 / rows.length)));
  return sides.flatMap(([side, stroke]) => [
    plot.ruleX(side, { x: "time", y1: "low", y2: "high", stroke, strokeOpacity: 0.6 }),
    plot.ruleX(side, {
      x: "time",
      y1: "open",
      y2: "close",
      stroke,
      strokeWidth,
      strokeOpacity: 0.6,
      strokeLinecap: "butt",
    }),
  ]);
}

function bandMark(plot: PlotModule, rows: readonly Row[]): Markish {
  return plot.areaY(rows, { x: "time", y1: "lower", y2: "upper", fill: COLOR.accent, fillOpacity: 0.12 });
}

function tradeMarks(plot: PlotModule, trades: readonly Trade[]): Markish[] {
  const entry = ({ entryTimeMs }: Trade) => new Date(entryTimeMs),
    exit = ({ exitTimeMs }: Trade) => new Date(exitTimeMs);
  const color = ({ pnl }: Trade) => pnl < 0 ? COLOR.loss : COLOR.gain;
  return [
    plot.link(trades, { x1: entry, y1: "entryPrice", x2: exit, y2: "exitPrice", stroke: color, strokeWidth: 2 }),
    plot.dot(trades, { x: entry, y: "entryPrice", r: 4, symbol: "triangle", fill: COLOR.accent }),
    plot.dot(trades, { x: exit, y: "exitPrice", r: 4, symbol: "triangle", rotate: 180, fill: color }),
  ];
}

/** A line of each name in its colour. */
function legend(names: readonly (readonly [name: string, color: string])[]): string {
  if (names.length === 0) return "";
  return `<p>${
    names.map(([name, color]) => `<span style="color:${color}">▬</span> ${escaped(name)}`).join(" &nbsp; ")
  }</p>`;
}

function lineColor(index: number): string {
  return COLOR.lines[(index + 1) % COLOR.lines.length]!;
}

function rangeOf({ openTimeMs, length }: CandleColumns): string {
  if (length === 0) return "there are none at all";
  const [first, last] = [openTimeMs[0]!, openTimeMs[length - 1]!].map((ms) => formatTimestamp(ms as TimestampMs));
  return `there are candles from ${first} to ${last}`;
}
