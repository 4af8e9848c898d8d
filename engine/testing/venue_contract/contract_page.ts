import { type Card, reasonAgainst } from "./card.ts";
import type { Speaker } from "./talk.ts";

/** How many cards a dialect has, and those that it does not have. */
export function cardsOf(speaker: Speaker, cards: readonly Card[]): string {
  const without = cards.flatMap((card) => {
    const reason = reasonAgainst(card, speaker);
    return reason === null ? [] : [`${card.id} (${reason})`];
  });
  const count = cards.length - without.length;
  return `${speaker.name}: ${count} cards${without.length === 0 ? "" : `; not ${without.join("; ")}`}`;
}

const SECTIONS: Readonly<Record<string, string>> = {
  A: "Sending an order",
  B: "Fills, cancels, balances",
  C: "Market data",
  D: "Limits, clocks, network",
};

/** The page of all cards, Markdown as `deno fmt` leaves it. */
export function contractPage(speakers: readonly Speaker[], cards: readonly Card[]): string {
  const parts = Object.entries(SECTIONS).map(([letter, title]) => {
    const lines = cards.filter(({ id }) => id.startsWith(letter)).map((card) => {
      const against = speakers.flatMap((speaker) => {
        const reason = reasonAgainst(card, speaker);
        return reason === null ? [] : [` **Not ${speaker.name}:** ${reason}.`];
      });
      return `- \`${card.id}\`: ${card.title}.${against.join("")}`;
    });
    return `## ${title}\n\n${lines.join("\n")}\n`;
  });
  const counts = speakers.map((speaker) => {
    return `${speaker.name} ${cards.filter((card) => reasonAgainst(card, speaker) === null).length}`;
  });
  return [`${INTRODUCTION}\nCards by dialect: ${counts.join(", ")}.\n`, ...parts].join("\n");
}

const INTRODUCTION = `# The venue contract

Each fault of [the catalogue](reliability.md) that a venue can cause, as the loopback exchange lets it happen to a client of
ccxt that nobody has changed. A card is named by the number of its fault; \`exchange --faults\` plans the same faults by
name. A test keeps this page true: it is written from the cards.
`;
