import type { FunnelRow, FunnelStage } from "./report_document.ts";

/** Refusals that come of the instrument's grid: lot, tick and smallest order. */
const ROUNDING_CODES = new Set(["size-below-lot", "off-lot", "off-tick", "bad-price", "below-min-notional"]);

const SIGNALS: Readonly<Record<string, string>> = {
  enter: "entries asked for",
  close: "exits asked for",
  reduce: "reductions asked for",
  rebalance: "positions of a size asked for",
  amend: "waiting entries moved",
  protect: "protections moved",
  withdraw: "waiting entries taken back",
};

/** Changes of positions that were not asked for. */
const KEPT: Readonly<Record<string, string>> = {
  "within-band": "changes too small for their band",
  "too-small": "changes below the least trade, or without cash",
  "not-worth-it": "changes that cost more than they bring",
  "no-weights": "closes at which weights were not known yet",
  "not-filled": "portfolios whose orders did not all fill",
};

/** Ends of an order that did not give all that was asked for. */
const LOSING_ENDS = new Set(["partly-filled", "refused", "expired", "absent", "cancelled"]);

/** Orders of which the one that does not fill is taken back as a matter of course, and how that ends them. */
const PROTECTIONS = new Set(["stop", "target"]), TAKEN_BACK = new Set(["cancelled", "expired"]);

const STAGES: readonly FunnelStage[] = ["signals", "risk", "rounding", "orders", "fills"];

/**
 * The way from a signal to a fill in five stages. Of each stage first what went on, then what was lost there and why;
 * all five stages are there, also where nothing happened.
 *
 * @param counts As a run's notes hold them, by `signals:KIND`, `refused:CODE`, `orders:SLOT` and so on.
 */
export function funnelRows(counts: Readonly<Record<string, number>>): FunnelRow[] {
  const rows = Object.keys(counts).sort(entriesFirst).map((step) => rowOf(step, counts[step]!)).filter((row) =>
    row !== null
  );
  return STAGES.flatMap((stage) => {
    const own = rows.filter((row) => row.stage === stage);
    return [...own.filter(({ lost }) => !lost), ...own.filter(({ lost }) => lost)];
  });
}

/** What is about entries, then the rest by name. */
function entriesFirst(a: string, b: string): number {
  const later = (step: string) => /:ent(er|ry)(:|$)/.test(step) ? 0 : 1;
  return later(a) - later(b) || (a < b ? -1 : 1);
}

/** Null for totals of what other rows tell in parts. */
function rowOf(step: string, count: number): FunnelRow | null {
  const [kind, name = "", state = ""] = step.split(":");
  const row = (stage: FunnelStage, label: string, lost = false): FunnelRow => ({ stage, step, label, count, lost });
  switch (kind) {
    case "signals":
      return row("signals", SIGNALS[name] ?? `${name} asked for`);
    case "refused":
      return row(ROUNDING_CODES.has(name) ? "rounding" : "risk", `refused: ${name}`, true);
    case "kept":
      return row("signals", KEPT[name] ?? `left undone: ${name}`, true);
    case "rebalances":
      return row("signals", "portfolios brought to their weights");
    case "shrunk":
      return row("risk", `made smaller: ${name}`, true);
    case "orders":
      return name === "" ? null : row("orders", `${name} orders`);
    case "moved":
      return row("orders", `${name} orders moved`);
    case "venue":
      return row("orders", `refused by the venue: ${name}`, true);
    case "fills":
      return row("fills", "executions");
    case "ended":
      return row("fills", `${name} orders ${state.replace("-", " ")}`, isLoss(name, state));
    default:
      return null;
  }
}

function isLoss(name: string, state: string): boolean {
  return LOSING_ENDS.has(state) && !(PROTECTIONS.has(name) && TAKEN_BACK.has(state));
}
