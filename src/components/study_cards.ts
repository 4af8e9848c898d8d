import { card } from "./card.ts";
import { element } from "./element.ts";
import type { StudyDocument } from "./engine.ts";
import { number, percent, UNDEFINED } from "./format.ts";
import { halfScatter } from "./half_scatter.ts";
import { meaningTable } from "./meaning_table.ts";
import { parallelCoordinates } from "./parallel_coordinates.ts";
import { segmentedControl } from "./segmented_control.ts";
import { type Column, sortableTable } from "./sortable_table.ts";
import { studyHeader } from "./study_header.ts";
import { studyHeatMap } from "./study_heat_map.ts";
import { judgementMeanings, overfittingMeanings } from "./study_words.ts";
import { tileRow } from "./tiles.ts";
import { TRIAL_FIGURES, trialFigure, valueOf } from "./trial_figures.ts";

type Trial = StudyDocument["trials"][number];

/** What a sweep or a search is, and its few figures. */
export function studyHead(study: StudyDocument): HTMLElement {
  const { kind, subject, trials, points, objective, judgement, overfitting, best, axes, warnings } = study;
  const own = best === null ? null : trials[best]!, { label, format } = trialFigure(objective.metric);
  const facts = [
    `${number(trials.length, 0)} of ${number(points, 0)} trials`,
    `best by ${objective.direction === "max" ? "the most" : "the least"} ${label}`,
  ];
  return element(
    "div",
    {},
    studyHeader(kind === "sweep" ? "Sweep" : "Search", subject, facts, warnings),
    tileRow([
      {
        label: "Best trial",
        value: own === null ? UNDEFINED : format(valueOf(own, objective.metric)),
        beside: own === null ? "" : own.params.map((value, i) => `${axes[i]!.name} ${value}`).join(" "),
        title: `${label} of the best trial, in sample`,
      },
      {
        label: "Trials ever made",
        value: number(judgement?.trials ?? null, 0),
        beside: "by the ledger's count",
        title: "Of this strategy on this market and timeframe",
      },
      {
        label: "Sharpe by luck",
        value: number(judgement?.expectedMaximumSharpe ?? null, 2),
        beside: `best trial ${number(judgement?.sharpe ?? null, 2)}`,
        title: "What the best of so many trials without skill is expected to have",
      },
      {
        label: "Deflated Sharpe",
        value: percent(judgement?.deflatedSharpe ?? null, 1),
        beside: "probability of skill",
        title: "Probability that the true Sharpe ratio is above that of luck",
      },
      {
        label: "Overfitting",
        value: percent(overfitting.pbo ?? null, 1),
        beside: "PBO",
        title: "How often the best of one half of history is in the worse half of trials in the other",
      },
    ]),
  );
}

/** The objective over two parameters, or what neighbours keep of it; with more parameters, the others are the best trial's. */
export function heatMapCard(study: StudyDocument): HTMLElement {
  const { axes, best, trials, objective, plateau } = study, { label } = trialFigure(objective.metric);
  if (axes.length < 2) return element("div");
  const held = (trials[best ?? 0] ?? trials[0])?.params ?? [];
  const pairs = axes.flatMap((_, x) => axes.flatMap((__, y) => y < x ? [{ x, y }] : []));
  const kinds = ["objective", "neighbours"] as const, chosen = { pair: 0, kind: 0 };
  const map = element("div");
  const draw = (change: Partial<typeof chosen>) => {
    Object.assign(chosen, change);
    map.replaceChildren(studyHeatMap(study, { ...pairs[chosen.pair]!, held, shown: kinds[chosen.kind]! }));
  };
  draw({});
  const names = pairs.map(({ x, y }) => `${axes[y]!.name} × ${axes[x]!.name}`);
  return card(
    "Heat map",
    {
      note: `${label} of each trial, the framed one is the best${
        axes.length > 2 ? "; other parameters are those of the best trial" : ""
      }. The plateau map shows what its neighbours keep of each good trial's advantage.`,
      controls: [
        segmentedControl("What is shown", [label, "plateau"], 0, (kind) => draw({ kind })),
        ...(pairs.length > 1 ? [segmentedControl("Parameters", names, 0, (pair) => draw({ pair }))] : []),
      ],
    },
    map,
    element("p", { class: "plateau-text" }, `The best stands on ${plateau.text}`),
  );
}

/** All trials as lines over their parameters. */
export function parallelCard(study: StudyDocument): HTMLElement {
  const { trials, objective } = study, sign = objective.direction === "max" ? -1 : 1;
  const order = trials.map((_, i) => i).filter((i) => valueOf(trials[i]!, objective.metric) !== null)
    .sort((a, b) => sign * (valueOf(trials[a]!, objective.metric)! - valueOf(trials[b]!, objective.metric)!));
  const shares = [["best 10 %", 0.1], ["best half", 0.5], ["all", 1]] as const;
  const draw = (share: number) =>
    parallelCoordinates(study, order.slice(0, Math.max(1, Math.ceil(order.length * share))));
  const box = element("div", {}, draw(shares[0][1]));
  return card(
    "Parallel coordinates",
    {
      note: "A line a trial, from its parameters to what came of them; green is better. The dark one is the best.",
      controls: [
        segmentedControl(
          "Trials in front",
          shares.map(([name]) => name),
          0,
          (index) => box.replaceChildren(draw(shares[index]![1])),
        ),
      ],
    },
    box,
  );
}

/** In sample against out of sample. */
export function halvesCard(study: StudyDocument): HTMLElement {
  if (study.trials.every(({ firstSharpe }) => firstSharpe === null)) return element("div");
  return card(
    "First half against second half",
    {
      note:
        "Were the past a guide, trials far to the right would stand far up, too. On the dotted line both halves are alike; the ring is the best.",
    },
    halfScatter(study),
  );
}

/** What the number of trials means for the best one, in words. */
export function judgementCard({ judgement, overfitting }: StudyDocument): HTMLElement {
  const rows = [...(judgement === null ? [] : judgementMeanings(judgement)), ...overfittingMeanings(overfitting)];
  return card("What the number of trials does to the best one", {}, meaningTable(rows));
}

/** All trials with their figures. */
export function trialTable({ trials, axes, objective }: StudyDocument): HTMLElement {
  const columns: Column<Trial>[] = [
    ...axes.map(({ name }, i): Column<Trial> => ({
      label: name,
      numeric: true,
      value: ({ params }) => typeof params[i] === "boolean" ? Number(params[i]) : params[i]!,
      cell: ({ params }) => String(params[i]),
    })),
    ...TRIAL_FIGURES.map((figure): Column<Trial> => ({
      label: figure.label,
      title: figure.title,
      numeric: true,
      value: (trial) => valueOf(trial, figure.name),
      cell: (trial) => figure.format(valueOf(trial, figure.name)),
    })),
  ];
  const { label } = trialFigure(objective.metric);
  const sortedBy = columns.some((column) => column.label === label) ? label : columns[axes.length]!.label;
  const start = { sortedBy, descending: objective.direction === "max" };
  return card("Trials", { note: "Select a head to sort." }, sortableTable("Trials", trials, columns, start));
}
