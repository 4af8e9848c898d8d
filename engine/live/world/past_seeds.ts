/** A world that has found something: it is run for ever. */
export interface PastSeed {
  readonly seed: number;
  readonly days: number;
  /** What it found. */
  readonly found: string;
}

/** Worlds that failed once; the list only grows. */
export const PAST_SEEDS: readonly PastSeed[] = [
  {
    seed: 12,
    days: 1,
    found: "a trade that was taken back could not be undone where its fee had been in the base asset",
  },
  { seed: 19, days: 1, found: "exits that the balance did not cover were sent again each minute" },
  { seed: 29, days: 1, found: "one trade was undone as taken back and again as a balance that drifted" },
  { seed: 30, days: 1, found: "what undoes a trade was itself taken for one that was taken back" },
  { seed: 57, days: 1, found: "a suspicion about an old trade kept balances from being read for ever" },
  {
    seed: 3,
    days: 1,
    found: "a stop that the market had passed was sent again each minute, and the position stayed open",
  },
  { seed: 11, days: 1, found: "what was sold beyond the position was not bought back" },
  { seed: 44, days: 1, found: "balances from before the last trade were believed when they came twice" },
  { seed: 61, days: 1, found: "a stop was larger than what the account held by less than a lot" },
  { seed: 27, days: 1, found: "a candle that the venue changed before it was used" },
  { seed: 82, days: 1, found: "a stop that was taken back on its way held the balance that the next one needed" },
  { seed: 47, days: 1, found: "an order was at the venue of which the database had lost that it was sent" },
  { seed: 165, days: 5, found: "a process died after the faults had ended, as its death had waited for its place" },
  { seed: 273, days: 3, found: "a drift of balances was not proven for as long as other things were traded" },
  { seed: 296, days: 5, found: "the rest of less than a lot was sold after all, and the trader fell over" },
  { seed: 5012, days: 1, found: "an order that the database had lost held the balance, and nobody told of its end" },
  { seed: 5014, days: 3, found: "an order that must not be taken back was asked for without end" },
  {
    seed: 495,
    days: 2,
    found: "what the mode had held back was not taken back before the order that needed its balance",
  },
  {
    seed: 1989,
    days: 5,
    found: "an entry that had left before a trade was taken back was judged by what came of that",
  },
];
