import { card } from "./card.ts";
import { colorKeys } from "./color_keys.ts";
import { element } from "./element.ts";
import type { WalkDocument } from "./engine.ts";
import { date, number, percent, signClass, signedPercent, UNDEFINED } from "./format.ts";
import { segmentedControl } from "./segmented_control.ts";
import { type Column, sortableTable } from "./sortable_table.ts";
import { studyHeader } from "./study_header.ts";
import { tileRow } from "./tiles.ts";
import { trialFigure } from "./trial_figures.ts";
import { walkEquityChart, walkParameterChart, walkSharpeChart } from "./walk_charts.ts";

type Window = WalkDocument["windows"][number];

const SCALES = ["linear", "log"] as const;

/** What a walk is, and what came of it out of sample. */
export function walkHead(walk: WalkDocument): HTMLElement {
  const { subject, layout, windows, objective, metrics, judgement, efficiencyRatio, winningTestsFraction } = walk;
  const facts = [
    `${windows.length} windows`,
    `chosen on ${layout.anchored ? "all days before" : `${number(layout.trainDays, 0)} days`}, traded for ${
      number(layout.testDays, 0)
    } days${layout.gapDays > 0 ? ` after a gap of ${number(layout.gapDays, 0)}` : ""}`,
    `by ${objective.direction === "max" ? "the most" : "the least"} ${trialFigure(objective.metric).label}`,
  ];
  return element(
    "div",
    {},
    studyHeader("Walk-forward", subject, facts, walk.warnings),
    tileRow([
      {
        label: "Return out of sample",
        value: signedPercent(metrics.totalReturnFraction ?? null),
        beside: `${percent(metrics.cagrFraction ?? null)} a year`,
        mark: signClass(metrics.totalReturnFraction ?? null),
      },
      {
        label: "Sharpe",
        value: number(metrics.sharpe ?? null, 2),
        beside: `± ${number(judgement.sharpeStandardError, 2)}`,
        title: "All tests together, daily returns, 365 days",
      },
      {
        label: "Believable",
        value: percent(judgement.probabilisticSharpe, 1),
        beside: "true ratio above 0",
        title: "Probabilistic Sharpe ratio: nothing here was chosen with its own days",
      },
      { label: "Max drawdown", value: percent(metrics.maxDrawdownFraction ?? null), beside: "from close to close" },
      {
        label: "Efficiency",
        value: number(efficiencyRatio, 2),
        beside: "after ÷ before the choice",
        title: "Return a year out of sample ÷ mean of the returns a year in sample",
      },
      { label: "Tests won", value: percent(winningTestsFraction, 0), beside: `${windows.length} tests` },
    ]),
  );
}

/** The account through all tests. */
export function walkEquityCard(walk: WalkDocument): HTMLElement {
  const chart = element("div", {}, walkEquityChart(walk, "log"));
  return card(
    "Equity out of sample",
    {
      note: "One account through all tests; each line is a new choice of parameters. Quote units.",
      controls: [
        segmentedControl(
          "Scale of the equity",
          SCALES,
          1,
          (index) => chart.replaceChildren(walkEquityChart(walk, SCALES[index]!)),
        ),
      ],
    },
    chart,
  );
}

/** What was promised and what was kept. */
export function walkSharpeCard(walk: WalkDocument): HTMLElement {
  const keys = colorKeys(["other", "in training"], ["accent", "in the test"]);
  return card(
    "Promised and kept",
    { note: "Sharpe ratio of each window's choice.", controls: [keys] },
    walkSharpeChart(walk),
  );
}

/** Which parameters were chosen when. */
export function walkParameterCard(walk: WalkDocument): HTMLElement {
  return card(
    "Chosen parameters",
    {
      note:
        "From the least value of each at the bottom to the most at the top. What jumps about was not there to be found.",
    },
    walkParameterChart(walk),
  );
}

/** Each window with what was chosen and what came of it. */
export function windowTable({ windows, axes }: WalkDocument): HTMLElement {
  const columns: Column<Window>[] = [
    {
      label: "Test",
      value: ({ testFromMs }) => testFromMs,
      cell: (own) => element("div", {}, date(own.testFromMs), element("small", {}, date(own.testToMs))),
    },
    {
      label: "Training",
      value: ({ trainFromMs }) => trainFromMs,
      cell: (own) => element("div", {}, date(own.trainFromMs), element("small", {}, date(own.trainToMs))),
    },
    ...axes.map(({ name }, i): Column<Window> => ({
      label: name,
      numeric: true,
      value: ({ params }) => params === null ? null : typeof params[i] === "boolean" ? Number(params[i]) : params[i]!,
      cell: ({ params }) => params === null ? UNDEFINED : String(params[i]),
    })),
    {
      label: "Sharpe then",
      title: "In training",
      numeric: true,
      value: (own) => own.trainSharpe,
      cell: (own) => number(own.trainSharpe, 2),
    },
    {
      label: "Sharpe after",
      title: "In the test",
      numeric: true,
      value: (own) => own.testSharpe,
      cell: (own) => number(own.testSharpe, 2),
    },
    {
      label: "Return",
      title: "In the test",
      numeric: true,
      value: (own) => own.testReturnFraction,
      cell: (own) => signedPercent(own.testReturnFraction),
      mark: (own) => signClass(own.testReturnFraction),
    },
    {
      label: "Drawdown",
      numeric: true,
      value: (own) => own.testMaxDrawdownFraction,
      cell: (own) => percent(own.testMaxDrawdownFraction),
    },
    { label: "Trades", numeric: true, value: (own) => own.testTrades, cell: (own) => number(own.testTrades, 0) },
  ];
  return card("Windows", {}, sortableTable("Windows", windows, columns, { sortedBy: "Test" }));
}
