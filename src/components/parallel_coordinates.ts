import * as Plot from "@observablehq/plot";
import { COLOR } from "./chart_frame.ts";
import type { StudyDocument } from "./engine.ts";
import { responsive } from "./responsive.ts";
import { trialFigure, valueOf } from "./trial_figures.ts";

/** Lines that a drawing can have before it is a blot, and slow. */
const MOST_LINES = 1_500;
const BESIDE = ["maxDrawdownFraction", "tradeCount"];

interface Axis {
  readonly label: string;
  readonly lowest: string;
  readonly highest: string;
  /** From 0 to 1 by trial; null where it has no value. */
  readonly at: (trial: number) => number | null;
}

/**
 * Each trial as a line over its parameters and what came of them, coloured by the objective.
 *
 * @param chosen Numbers of the trials that are drawn in front; the others lie behind them, in grey.
 */
export function parallelCoordinates(study: StudyDocument, chosen: readonly number[]): HTMLElement {
  const { trials, objective, best } = study, axes = axesOf(study), front = new Set(chosen);
  const step = Math.ceil(trials.length / MOST_LINES);
  const drawn = trials.flatMap((_, i) => i % step === 0 || front.has(i) ? [i] : []);
  const points = drawn.flatMap((trial) =>
    axes.map(({ label, at }) => ({
      trial,
      axis: label,
      at: at(trial),
      value: valueOf(trials[trial]!, objective.metric),
    }))
  );
  const behind = points.filter(({ trial }) => !front.has(trial));
  const ahead = points.filter(({ trial }) => front.has(trial));
  const values = trials.flatMap((trial) => valueOf(trial, objective.metric) ?? []);
  const lowest = values.reduce((least, value) => Math.min(least, value), Infinity);
  const highest = values.reduce((most, value) => Math.max(most, value), -Infinity);
  const line = { x: "axis", y: "at", z: "trial" } as const;
  return responsive((width) =>
    Plot.plot({
      width,
      height: 320,
      marginLeft: 40,
      marginRight: 40,
      marginTop: 48,
      marginBottom: 26,
      x: {
        type: "point",
        domain: axes.map(({ label }) => label),
        padding: 0.15,
        label: null,
        axis: "top",
        tickSize: 0,
        tickPadding: 20,
      },
      y: { axis: null, domain: [0, 1] },
      color: { type: "linear", scheme: "RdYlGn", reverse: objective.direction === "min", domain: [lowest, highest] },
      marks: [
        Plot.line(behind, { ...line, stroke: COLOR.muted, strokeOpacity: 0.12 }),
        Plot.line(ahead, { ...line, stroke: "value", strokeOpacity: 0.75 }),
        Plot.line(points.filter(({ trial }) => trial === best), { ...line, stroke: COLOR.text, strokeWidth: 2 }),
        Plot.ruleX(axes, { x: "label", stroke: COLOR.muted }),
        Plot.text(axes, { x: "label", y: 1, text: "highest", dy: -7, fill: COLOR.muted }),
        Plot.text(axes, { x: "label", y: 0, text: "lowest", dy: 10, fill: COLOR.muted }),
      ],
    })
  );
}

function axesOf({ axes, trials, objective }: StudyDocument): Axis[] {
  const ofParameters = axes.map(({ name, values }, i): Axis => {
    const place = new Map(values.map((value, at) => [value, values.length === 1 ? 0.5 : at / (values.length - 1)]));
    return {
      label: name,
      lowest: String(values[0]),
      highest: String(values.at(-1)),
      at: (trial) => place.get(trials[trial]!.params[i]!) ?? null,
    };
  });
  const figures = [objective.metric, ...BESIDE.filter((name) => name !== objective.metric)];
  return [...ofParameters, ...figures.map((name) => figureAxis(name, trials))];
}

function figureAxis(name: string, trials: StudyDocument["trials"]): Axis {
  const { label, format } = trialFigure(name);
  const values = trials.map((trial) => valueOf(trial, name)), known = values.filter((value) => value !== null);
  const lowest = known.reduce((least, value) => Math.min(least, value), Infinity);
  const highest = known.reduce((most, value) => Math.max(most, value), -Infinity);
  return {
    label,
    lowest: known.length === 0 ? "" : format(lowest),
    highest: known.length === 0 ? "" : format(highest),
    at: (trial) => {
      const value = values[trial]!;
      return value === null ? null : highest === lowest ? 0.5 : (value - lowest) / (highest - lowest);
    },
  };
}
