import * as Plot from "@observablehq/plot";
import { COLOR } from "./chart_frame.ts";
import type { StudyAxis, StudyDocument } from "./engine.ts";
import { percent } from "./format.ts";
import { responsive } from "./responsive.ts";
import { trialFigure, valueOf } from "./trial_figures.ts";

type Value = number | string | boolean;

const NEIGHBOURS = { label: "kept by neighbours", format: (value: number | null) => percent(value, 0) };

/** Neighbours that are worse than the typical trial, or better than their own, are shown as none and all of it. */
function within(share: number | null): number | null {
  return share === null ? null : Math.max(0, Math.min(1, share));
}

/** A value for each pair of two axes' values; of more axes the others are held where they are said to be. */
export function studyHeatMap(
  study: StudyDocument,
  { x, y, held, shown }: {
    readonly x: number;
    readonly y: number;
    /** Value of each axis; those of x and y do not matter. */
    readonly held: readonly Value[];
    /** What its cells show: the objective, or what the neighbours of each trial keep of its advantage. */
    readonly shown: "objective" | "neighbours";
  },
): HTMLElement {
  const { axes, trials, best, objective } = study, isMap = shown === "neighbours";
  const { label, format } = isMap ? NEIGHBOURS : trialFigure(objective.metric);
  const valueAt = (trial: number) =>
    isMap ? within(trials[trial]!.neighboursKeep) : valueOf(trials[trial]!, objective.metric);
  const cells = trials.flatMap(({ params }, i) => {
    const fits = params.every((value, axis) => axis === x || axis === y || value === held[axis]);
    return fits
      ? [{ x: String(params[x]), y: String(params[y]), value: valueAt(i), isBest: i === best, trial: i }]
      : [];
  });
  const domain = (axis: StudyAxis) => axis.values.map(String);
  const columns = axes[x]!.values.length, rows = axes[y]!.values.length;
  return responsive((width) => {
    const cellWidth = (width - 70) / columns, cellHeight = Math.max(12, Math.min(30, 420 / rows));
    return Plot.plot({
      width,
      height: 44 + cellHeight * rows,
      marginLeft: 60,
      marginRight: 8,
      marginTop: 8,
      marginBottom: 36,
      x: { domain: domain(axes[x]!), label: axes[x]!.name, tickSize: 0, ...everyFew(domain(axes[x]!), cellWidth / 30) },
      y: {
        domain: domain(axes[y]!).toReversed(),
        label: axes[y]!.name,
        tickSize: 0,
        ...everyFew(domain(axes[y]!), cellHeight / 14),
      },
      color: {
        type: "linear",
        scheme: "RdYlGn",
        reverse: !isMap && objective.direction === "min",
        ...(isMap ? { domain: [0, 1] } : {}),
        legend: true,
        label,
        tickFormat: format,
      },
      marks: [
        Plot.cell(cells.filter(({ value }) => value !== null), {
          x: "x",
          y: "y",
          fill: "value",
          inset: 0.5,
          title: (cell: typeof cells[number]) =>
            `${axes[x]!.name} ${cell.x}, ${axes[y]!.name} ${cell.y}\n${label} ${format(cell.value)}\n${
              trials[cell.trial]!.metrics.tradeCount ?? 0
            } trades`,
          tip: true,
        }),
        Plot.text(cellWidth < 38 || cellHeight < 16 ? [] : cells, {
          x: "x",
          y: "y",
          text: ({ value }: typeof cells[number]) => format(value),
          fill: "#161b26",
          pointerEvents: "none",
        }),
        Plot.cell(cells.filter(({ isBest }) => isBest), {
          x: "x",
          y: "y",
          stroke: COLOR.text,
          strokeWidth: 2,
          fill: "none",
          pointerEvents: "none",
        }),
      ],
    });
  });
}

/** Ticks at some of many values, so that their texts do not meet. */
function everyFew(values: readonly string[], room: number): { ticks?: string[] } {
  const step = Math.ceil(1 / Math.max(room, 0.02));
  return step <= 1 ? {} : { ticks: values.filter((_, i) => i % step === 0) };
}
