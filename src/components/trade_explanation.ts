// Why one trade was made: two columns, its entry and its exit.
import { type Content, element } from "./element.ts";
import type { TradeRow } from "./engine.ts";
import { amount, dateTime, number, UNDEFINED } from "./format.ts";
import type {
  CandleData,
  ExplainedDecisionData,
  ExplainedOrderData,
  ExplainedSideData,
  ExplainedTakeoverData,
  ExplanationData,
} from "./page_data.ts";

type Explained = Exclude<ExplanationData, { missing: string }>;

/** The explanation of a trade: what was seen, what was asked for, what the risk rules said, the fill and its price. */
export function tradeExplanation(data: ExplanationData, trade: TradeRow): HTMLElement {
  const title = element("h3", {}, `Trade ${trade.number}: why it was made`);
  if ("missing" in data) {
    return element("section", {}, title, element("p", { class: "empty" }, data.missing));
  }
  const { entry, exit } = data.trades[trade.number - 1];
  return element(
    "section",
    { "aria-label": `Trade ${trade.number} explained` },
    title,
    element(
      "div",
      { class: "explained-sides" },
      sideOf(data, "Entry", trade.entryReason, entry),
      "liquidation" in exit ? takeoverOf(data, exit) : sideOf(data, "Exit", trade.exitReason, exit),
    ),
    ...chargesOf(trade),
  );
}

/** What the position paid or received while it was open. */
function chargesOf({ funding, interest }: TradeRow): HTMLElement[] {
  const said = [["Funding", funding], ["Interest", interest]] as const;
  const lines = said.filter(([, amount]) => amount !== undefined)
    .map(([name, value]) => `${name} ${value! < 0 ? "received" : "paid"}: ${amount(Math.abs(value!))}.`);
  return lines.length === 0 ? [] : [step("While it was open", ...lines)];
}

function sideOf(data: Explained, title: string, reason: string, side: ExplainedSideData): HTMLElement {
  const decision = data.decisions[side.decision];
  return element(
    "article",
    { class: "explained-side" },
    heading(title, side.fill.timeMs, reason),
    ...sawOf(data, decision),
    step("Asked", ...askedFor(decision, side)),
    step("Filled", ...fillOf(data, side)),
  );
}

/** An exit that nobody asked for. */
function takeoverOf(data: Explained, { decision, liquidation, candle, timeframe }: ExplainedTakeoverData): HTMLElement {
  const { timeMs, quantity, price, markPrice, fee, insurance, candleOf } = liquidation;
  return element(
    "article",
    { class: "explained-side" },
    heading("Liquidation", timeMs, "liquidation"),
    ...sawOf(data, data.decisions[decision]),
    step(
      "Taken over",
      `Its margin was used up at a mark price of ${amount(markPrice)}: the venue closed ${amount(quantity)}.`,
      `Settled at ${amount(price)}; fee ${amount(fee)}; the insurance fund ${insurance < 0 ? "paid" : "received"} ${
        amount(Math.abs(insurance))
      }.`,
      `In the ${timeframe} candle of ${candleOf === "mark" ? "the mark price" : "trades"} of ${dateTime(candle[0])}: ${
        pricesOf(candle)
      }.`,
    ),
  );
}

function heading(title: string, timeMs: number, reason: string): HTMLElement {
  return element("h4", {}, `${title} at ${dateTime(timeMs)} UTC`, element("span", { class: "chip" }, reason));
}

/** What the strategy was shown at a decision, and what its rules made of it. */
function sawOf({ labels }: Explained, decision: ExplainedDecisionData): HTMLElement[] {
  const { candle, firstLabel, values } = decision;
  return [
    step("Saw", `The candle of ${dateTime(candle[0])}: ${pricesOf(candle)}.`, holding(decision)),
    valueTable(labels.slice(firstLabel, firstLabel + values.length), values),
  ];
}

function step(name: string, ...lines: readonly Content[]): HTMLElement {
  return element(
    "div",
    { class: "explained-step" },
    element("strong", {}, name),
    element("div", {}, ...lines.map((line) => element("p", {}, line))),
  );
}

function pricesOf([, open, high, low, close, volume]: CandleData): string {
  return `open ${amount(open)}, high ${amount(high)}, low ${amount(low)}, close ${amount(close)}, volume ${
    amount(volume)
  }`;
}

function holding({ position, entryPrice, equity }: ExplainedDecisionData): string {
  const held = position === 0
    ? "It held nothing"
    : `It held ${amount(position)} at ${entryPrice === null ? UNDEFINED : amount(entryPrice)}`;
  return `${held}; the account was worth ${number(equity, 2)}.`;
}

function valueTable(labels: readonly string[], values: readonly (number | null)[]): HTMLElement {
  return element(
    "table",
    { class: "explained-values" },
    element(
      "tbody",
      {},
      ...labels.map((label, i) =>
        element("tr", {}, element("td", {}, label), element("td", { class: "numeric" }, valueOf(values[i])))
      ),
    ),
  );
}

const valueOf = (value: number | null) => value === null ? "unknown" : amount(value);

/** The orders of the decision with the verdict of the risk rules, and what stood at the venue without one. */
function askedFor({ orders, decidedAtMs }: ExplainedDecisionData, { order, sentAtMs }: ExplainedSideData): string[] {
  const asked = orders.map((own) => `${orderText(own)}: ${verdictOf(own)}`);
  if (orders.some(({ id }) => id === order.id)) return asked;
  const since = sentAtMs === decidedAtMs ? "from that moment on" : `since ${dateTime(sentAtMs)}`;
  return [...asked, `${orderText(order)} stood at the venue ${since}.`];
}

function orderText({ slot, side, kind, quantity, price }: ExplainedOrderData): string {
  return `${slot[0].toUpperCase()}${slot.slice(1)}: ${side} ${amount(quantity)} ${kind}${
    price === null ? "" : ` at ${amount(price)}`
  }`;
}

function verdictOf({ refusal, shrunk }: ExplainedOrderData): string {
  if (refusal !== null) return `refused, ${refusal.code}: ${refusal.reason}`;
  if (shrunk.length === 0) return "the risk rules had nothing against it.";
  return `made smaller, ${shrunk.map(({ code, reason }) => `${code}: ${reason}`).join("; ")}`;
}

function fillOf({ ruleTexts }: Explained, { fill, candle, timeframe }: ExplainedSideData): string[] {
  const { basis: { rule, unslipped }, price, quantity, fee, feeAsset, liquidity } = fill;
  const slipped = price === unslipped ? "" : `, ${amount(unslipped)} before slippage and the tick`;
  return [
    `${amount(quantity)} at ${amount(price)}${slipped}; fee ${amount(fee)} ${feeAsset} (${liquidity}).`,
    `Price: ${ruleTexts[rule] ?? rule}.`,
    `In the ${timeframe} candle of ${dateTime(candle[0])}: ${pricesOf(candle)}.`,
  ];
}
