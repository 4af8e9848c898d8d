import { allocationCard } from "./allocation_card.ts";
import { contributionCard } from "./contribution_card.ts";
import { correlationCard } from "./correlation_card.ts";
import { element } from "./element.ts";
import type { ReportDocument } from "./engine.ts";

/** What the parts of an account were to each other; nothing where it has one market and one strategy. */
export function portfolioCards({ portfolio }: ReportDocument): HTMLElement {
  if (portfolio === null || (portfolio.byMarket.length < 2 && portfolio.byStrategy.length < 2)) return element("div");
  return element(
    "div",
    {},
    allocationCard(portfolio.allocation),
    contributionCard(portfolio),
    correlationCard(portfolio),
  );
}
