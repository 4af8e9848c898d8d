import { FAULT_NAMES, type FaultName, FAULTS } from "../../exchanges/mod.ts";
import { SeededRandom } from "../../time/mod.ts";

/** How bad a world is: which faults it has and how often, drawn from its seed. */
export interface Swarm {
  /** Share of its occasions that meets each fault of the venue and the line to it. */
  readonly shares: Readonly<Partial<Record<FaultName, number>>>;
  /** Share of calls that the database does not get, or does not answer. */
  readonly storeRequestLost: number;
  readonly storeAnswerLost: number;
  /** Share of its calls that it carries out long after they were given up. */
  readonly storeSlow: number;
  /** Share of the candles that are told while they form, too, and of frames that hold no candle. */
  readonly forming: number;
  readonly garbage: number;
  /** How often something of the kind happens, a day; 0 for never. */
  readonly perDay: Readonly<Record<Mischief, number>>;
}

/** What befalls a whole process, the database or a stream. */
export const MISCHIEFS = [
  "kill",
  "kill-at-label",
  "kill-after-send",
  "stop-process",
  "stop-before-send",
  "kill-switch",
  "second-process",
  "store-away",
  "silent-stream",
  "terminate",
  "lagging-reads",
  "partition",
  "clock-set",
  "lost-commits",
  "part-fill",
  "lagging-copy",
  "lagging-fills",
  "late-order",
  "repeated-order",
  "limit-spent",
  "broken-stream",
  "mode-lowered",
  "disk-full",
  "grid-changed",
  "queries-away",
] as const;

export type Mischief = typeof MISCHIEFS[number];

/** Acted out by mischief, once for a while, and not at each order. */
const NOT_ACTED: ReadonlySet<FaultName> = new Set<FaultName>(["grid-changed"]);
/** The largest share of what would otherwise happen all the time, or costs much time. */
const OTHER_PER_DAY: Readonly<Partial<Record<Mischief, number>>> = {
  "lost-commits": 6,
  "part-fill": 100,
  "lagging-copy": 40,
  "late-order": 40,
  "repeated-order": 40,
  "mode-lowered": 6,
  "disk-full": 6,
  "grid-changed": 4,
  "queries-away": 40,
};
const RARE: Readonly<Partial<Record<FaultName, number>>> = {
  banned: 0.000_5,
  "revoked-key": 0.01,
  "vanished-stop": 0.02,
  halted: 0.01,
  delisted: 0.005,
  overfill: 0.002,
  "both-fill": 0.002,
  "foreign-order": 0.001,
  "fee-elsewhere": 0.05,
  "fee-revised": 0.002,
  bust: 0.001,
  deposit: 0.003,
  withdrawal: 0.003,
  dust: 0.003,
};

/** Faults that the world's line and venue act out; the others belong to sockets and texts, which have tests of their own. */
export const ACTED: readonly FaultName[] = FAULT_NAMES.filter((name) =>
  ["answer", "venue", "candles", "event"].includes(FAULTS[name].acts) && !NOT_ACTED.has(name)
);

const GOOD_LINES = 1 / 6;
/** What makes a line bad, too. */
export const OF_THE_LINE: readonly Mischief[] = ["late-order", "repeated-order", "limit-spent", "queries-away"];
const MOST_SHARE = 0.08, MOST_PER_DAY = 12;

/** A swarm of a seed: each fault is there in half of the worlds, mildly mostly and sometimes badly. */
export function swarmOf(seed: number): Swarm {
  const random = new SeededRandom(seed ^ 0x5eed);
  const strength = () => random.next() < 0.5 ? 0 : random.next() ** 2;
  // With a venue and a line that never fail, more can be asked of what is left.
  const isLineGood = random.next() < GOOD_LINES;
  const shares = Object.fromEntries(ACTED.map((name) => [name, strength() * (RARE[name] ?? MOST_SHARE)]));
  const perDay = Object.fromEntries(
    MISCHIEFS.map((name) => [name, strength() * (OTHER_PER_DAY[name] ?? MOST_PER_DAY)]),
  );
  if (isLineGood) { for (const name of OF_THE_LINE) perDay[name] = 0; }
  return {
    shares: isLineGood ? {} : shares as Swarm["shares"],
    storeRequestLost: strength() * 0.05,
    storeAnswerLost: strength() * 0.05,
    storeSlow: strength() * 0.02,
    forming: strength() * 0.1,
    garbage: strength() * 0.05,
    perDay: perDay as Swarm["perDay"],
  };
}

/** No faults at all. */
export const CALM: Swarm = {
  shares: {},
  storeRequestLost: 0,
  storeAnswerLost: 0,
  storeSlow: 0,
  forming: 0,
  garbage: 0,
  perDay: Object.fromEntries(MISCHIEFS.map((name) => [name, 0])) as Swarm["perDay"],
};
