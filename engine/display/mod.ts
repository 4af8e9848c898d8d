/**
 * What notebooks show: tables, charts of candles with series over them, and reports of runs, as HTML that holds its own
 * drawings and runs nothing. It reads what it is given; it computes no figure and touches no file.
 *
 * @module
 */
export { chart, type ChartOptions } from "./chart.ts";
export { type HeatMap, heatMapDrawing } from "./heat_map.ts";
export { type EquityLine, equityLineDrawing } from "./equity_drawing.ts";
export { report, type RunReportOptions } from "./report.ts";
export { JUPYTER_DISPLAY, type MimeBundle, showing, showingAs, type Shown } from "./shown.ts";
export { table, type TableData, type TableOptions } from "./table.ts";
