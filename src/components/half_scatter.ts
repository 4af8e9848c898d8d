import * as Plot from "@observablehq/plot";
import { chartFrame, COLOR } from "./chart_frame.ts";
import type { StudyDocument } from "./engine.ts";
import { number } from "./format.ts";
import { responsive } from "./responsive.ts";

/** Each trial by its Sharpe ratio in the first half of the days (x) and in the second (y). */
export function halfScatter({ trials, axes, best }: StudyDocument): HTMLElement {
  const dots = trials.flatMap(({ params, firstSharpe, secondSharpe }, i) =>
    firstSharpe === null || secondSharpe === null ? [] : [{ params, firstSharpe, secondSharpe, isBest: i === best }]
  );
  const values = dots.flatMap(({ firstSharpe, secondSharpe }) => [firstSharpe, secondSharpe]);
  const low = Math.min(0, ...values), high = Math.max(0, ...values);
  const place = { x: "firstSharpe", y: "secondSharpe" } as const;
  const title = ({ params, firstSharpe, secondSharpe }: typeof dots[number]) =>
    `${params.map((value, i) => `${axes[i]!.name} ${value}`).join(", ")}\nfirst half ${
      number(firstSharpe, 2)
    }, second ${number(secondSharpe, 2)}`;
  return responsive((width) =>
    Plot.plot(chartFrame(width, 320, {
      marginBottom: 36,
      x: { label: "Sharpe ratio, first half", tickSize: 0, nice: true, grid: true },
      y: { label: "Sharpe ratio, second half", tickSize: 0, nice: true, grid: true },
      marks: [
        Plot.ruleX([0], { stroke: COLOR.line }),
        Plot.ruleY([0], { stroke: COLOR.line }),
        Plot.line([[low, low], [high, high]], { stroke: COLOR.muted, strokeDasharray: "2,3" }),
        Plot.dot(dots, { ...place, r: 2.5, fill: COLOR.accent, fillOpacity: dots.length > 1000 ? 0.25 : 0.6 }),
        Plot.dot(dots.filter(({ isBest }) => isBest), { ...place, r: 6, stroke: COLOR.text, strokeWidth: 2 }),
        Plot.tip(dots, Plot.pointer({ ...place, title })),
      ],
    }))
  );
}
