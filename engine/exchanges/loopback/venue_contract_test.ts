// The venue contract: each fault that a venue can cause, as an unmodified client of each dialect meets it.
import assert from "node:assert/strict";
import { ACCOUNT_CARDS } from "../../testing/venue_contract/account_cards.ts";
import { reasonAgainst } from "../../testing/venue_contract/card.ts";
import { cardsOf, contractPage } from "../../testing/venue_contract/contract_page.ts";
import { MARKET_DATA_CARDS } from "../../testing/venue_contract/market_data_cards.ts";
import { NETWORK_CARDS } from "../../testing/venue_contract/network_cards.ts";
import { SENDING_CARDS } from "../../testing/venue_contract/sending_cards.ts";
import { BINANCE_SPEAKER, COINBASE_SPEAKER } from "../../testing/venue_contract/talk.ts";
import { FAULT_NAMES, type FaultName } from "./fault.ts";

const CARDS = [...SENDING_CARDS, ...ACCOUNT_CARDS, ...MARKET_DATA_CARDS, ...NETWORK_CARDS],
  SPEAKERS = [BINANCE_SPEAKER, COINBASE_SPEAKER];
const PAGE = new URL("../../../docs/venue_contract.md", import.meta.url);
/** Faults that have happened, and cards that were played. */
const fired = new Set<FaultName>();
let played = 0;

for (const speaker of SPEAKERS) {
  for (const card of CARDS) {
    if (reasonAgainst(card, speaker) !== null) continue;
    Deno.test(`${speaker.name}, ${card.id}: ${card.title}`, async () => {
      const talk = await speaker.talk(card.options);
      try {
        await card.steps(talk);
      } finally {
        for (const fault of talk.desk.exchange.faults.fired.keys()) fired.add(fault);
        played++;
        await talk.close();
      }
    });
  }
}

Deno.test("each fault of sending, of fills and of limits has a card, and each that the exchange knows has happened", () => {
  const numbers = new Set(CARDS.map(({ id }) => id.split(" ")[0]));
  const wanted = [["A", 1, 16], ["B", 17, 30], ["D", 43, 52]] as const;
  for (const [section, first, last] of wanted) {
    for (let n = first; n <= last; n++) assert.ok(numbers.has(`${section}${n}`), `${section}${n} has no card`);
  }
  assert.equal(new Set(CARDS.map(({ id }) => id)).size, CARDS.length, "cards have names of their own");
  for (const { name, lacks } of SPEAKERS) {
    for (const id of Object.keys(lacks)) assert.ok(CARDS.some((own) => own.id === id), `${name} lacks no card ${id}`);
  }
  const all = SPEAKERS.reduce((sum, own) => sum + CARDS.filter((card) => reasonAgainst(card, own) === null).length, 0);
  if (played === all) assert.deepEqual(FAULT_NAMES.filter((name) => !fired.has(name)), []);
});

Deno.test("the page of the venue contract lists the cards as they are", async () => {
  console.log(SPEAKERS.map((speaker) => cardsOf(speaker, CARDS)).join("\n"));
  const words = (page: string) => page.split(/\s+/);
  assert.deepEqual(words(contractPage(SPEAKERS, CARDS)), words(await Deno.readTextFile(PAGE)));
});
