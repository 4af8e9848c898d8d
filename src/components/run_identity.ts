import { card } from "./card.ts";
import { type Content, element } from "./element.ts";
import type { ReportDocument, ReportedData } from "./engine.ts";
import { dateTime, number } from "./format.ts";

/** What makes this run this run, and how to repeat it. */
export function runIdentity({ identity }: ReportDocument): HTMLElement {
  const { run: _, params = {}, markets: __, fillRules, ...others } = identity.spec as Record<string, unknown>;
  // Rules that state no path take the worse outcome, which has a name.
  const settings: Record<string, unknown> = { ...others, fillRules: { path: "pessimistic", ...fillRules as object } };
  const facts: [string, Content][] = [
    ["Run", code(identity.hash)],
    ["Strategy", identity.strategy],
    ["Code of the strategy", code(identity.strategyHash)],
    ["Engine", identity.engineVersion],
    ["Timeframe", identity.timeframe],
    ["Repeat it", code(`deno task backtest --spec data/runs/${identity.hash}/manifest.json`)],
  ];
  return card(
    "Identity and settings",
    { note: "The same settings on the same candles give the same bytes; the hash names them all." },
    definitions(facts),
    element(
      "div",
      { class: "columns" },
      element(
        "div",
        {},
        ...(settings.strategies === undefined
          ? [
            element("h3", {}, "Parameters"),
            Object.keys(params as object).length === 0 ? "none" : definitions(flat(params)),
          ]
          : []),
        element("h3", {}, "Candles used"),
        ...identity.data.map(dataTable),
      ),
      element("div", {}, element("h3", {}, "Settings"), definitions(flat(settings))),
    ),
    element(
      "details",
      {},
      element("summary", {}, "Manifest as JSON"),
      element("pre", {}, JSON.stringify(identity.spec, null, 2)),
    ),
  );
}

function dataTable(data: ReportedData): HTMLElement {
  return definitions([
    ["Market", data.instrument],
    ["Candles", number(data.candles, 0)],
    ["First", `${dateTime(data.originMs)} UTC`],
    ["Last", `${dateTime(data.lastMs)} UTC`],
    ["SHA-256", code(data.sha256)],
  ]);
}

/** Leaves of a value with their paths: `costs.takerBps`. */
function flat(value: unknown, path = ""): [string, Content][] {
  if (typeof value !== "object" || value === null) return [[path, value === null ? "not set" : String(value)]];
  return Object.entries(value).flatMap(([key, inner]) => flat(inner, path === "" ? key : `${path}.${key}`));
}

function definitions(facts: readonly (readonly [string, Content])[]): HTMLElement {
  return element(
    "dl",
    { class: "facts-list" },
    ...facts.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]),
  );
}

function code(text: string): HTMLElement {
  return element("code", {}, text);
}
