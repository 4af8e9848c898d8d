// A study of robustness for people: the verdict in words, then the figures behind it.
import { isMade, type RobustnessStudy, verdictText } from "../engine/research/mod.ts";
import { percent, plain } from "./figure_text.ts";
import { table } from "./output.ts";

/** The verdict and a table of what it rests on. */
export function robustnessSummary(study: RobustnessStudy): string {
  const { run, actual, held, replays, path, why, settings, verdict } = study;
  const params = Object.entries(run.params).map(([name, value]) => `${name}=${value}`).join(" ");
  return [
    `${run.strategy} ${params} on ${run.markets.join(" ")} ${run.timeframe}, run ${run.hash.slice(0, 10)}`,
    verdictText(verdict),
    table(["", "return", "a year", "Sharpe", "max drawdown"], [
      ["the run", ...figures(actual)],
      ["holding", ...figures(held)],
      ...variations(study).map(([name, own]) => [name, ...figures(own)]),
    ]),
    drawnTable(study),
    `${replays} replays ${path === "columns" ? "over columns" : `candle by candle: ${why}`}, seed ${settings.seed}; ` +
    "none of them counts as a trial, as nothing was chosen among them",
  ].filter((part) => part !== "").join("\n\n");
}

type Figures = Pick<RobustnessStudy["held"], "totalReturnFraction" | "cagrFraction" | "sharpe" | "maxDrawdownFraction">;

function figures({ totalReturnFraction, cagrFraction, sharpe, maxDrawdownFraction }: Figures): string[] {
  return [
    percent(totalReturnFraction, 1),
    percent(cagrFraction, 1),
    plain(sharpe),
    percent(maxDrawdownFraction, 1),
  ];
}

function variations({ costs, late }: RobustnessStudy): [string, Figures][] {
  return [
    ...(isMade(costs)
      ? [
        ["no costs", costs.free] as [string, Figures],
        ...costs.levels.filter(({ multiple }) => multiple !== 1).map((own): [string, Figures] => [
          `costs × ${own.multiple}`,
          own.figures,
        ]),
      ]
      : []),
    ...(isMade(late)
      ? late.delays.map(({ delayMs, isOneBar, figures: own }): [string, Figures] => [
        isOneBar ? "one candle later" : `${delayMs / 1_000} s later`,
        own,
      ])
      : []),
  ];
}

function drawnTable({ bootstrap: { movingBlock, stationary }, noise, skipped, tradeOrder }: RobustnessStudy): string {
  const rows: string[][] = [];
  for (const [name, own] of [["moving blocks", movingBlock], ["stationary blocks", stationary]] as const) {
    if (isMade(own)) rows.push([name, ...spread(own.totalReturn), percent(own.profitableFraction, 1), ...beats(own)]);
  }
  for (const own of isMade(noise) ? noise.levels : []) {
    const name = `noise of ${percent(own.rangeFraction, 0)} of the range`;
    rows.push([name, ...spread(own.totalReturn), percent(own.profitableFraction, 1), ...beats(own)]);
  }
  for (const own of isMade(skipped) ? skipped.levels : []) {
    const name = `${percent(own.skipFraction, 0)} of trades missed`;
    rows.push([name, ...spread(own.totalReturn), percent(own.profitableFraction, 1), "–"]);
  }
  if (isMade(tradeOrder)) {
    const { drawnReturn, lossProbability } = tradeOrder;
    rows.push(["trades drawn anew", ...spread(drawnReturn), percent(1 - (lossProbability ?? 0), 1), "–"]);
  }
  const head = ["drawn histories", "return in 1 of 20", "middle", "best 1 of 20", "made money", "beat holding"];
  return rows.length === 0 ? "" : table(head, rows);
}

function spread({ p05, median, p95 }: { p05: number | null; median: number | null; p95: number | null }): string[] {
  return [p05, median, p95].map((value) => percent(value, 1));
}

function beats({ beatsHoldingFraction }: { beatsHoldingFraction: number | null }): string[] {
  return [percent(beatsHoldingFraction, 1)];
}
