import { FAULT_NAMES, type FaultName, FAULTS } from "../../exchanges/mod.ts";
import { SeededRandom } from "../../time/mod.ts";

/** How bad a world is: which faults it has and how often, drawn from its seed. */
export interface Swarm {
  /** Share of its occasions that meets each fault of the venue and the line to it. */
  readonly shares: Readonly<Partial<Record<FaultName, number>>>;
  /** Share of calls that the database does not get, or does not answer. */
  readonly storeRequestLost: number;
  readonly storeAnswerLost: number;
  /** Share of the candles that are told while they form, too. */
  readonly forming: number;
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
] as const;

export type Mischief = typeof MISCHIEFS[number];

/** Not acted out: markets that change or end, and pages of an answer, which the adapters' tests have. */
const NOT_ACTED: ReadonlySet<FaultName> = new Set<FaultName>(["grid-changed", "delisted", "short-page"]);
/** The largest share of what would otherwise happen all the time, or costs much time. */
const OTHER_PER_DAY: Readonly<Partial<Record<Mischief, number>>> = { "lost-commits": 6, "part-fill": 100 };
const RARE: Readonly<Partial<Record<FaultName, number>>> = {
  banned: 0.000_5,
  "revoked-key": 0.01,
  "vanished-stop": 0.02,
  halted: 0.01,
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
  return {
    shares: isLineGood ? {} : shares as Swarm["shares"],
    storeRequestLost: strength() * 0.05,
    storeAnswerLost: strength() * 0.05,
    forming: strength() * 0.1,
    perDay: perDay as Swarm["perDay"],
  };
}

/** No faults at all. */
export const CALM: Swarm = {
  shares: {},
  storeRequestLost: 0,
  storeAnswerLost: 0,
  forming: 0,
  perDay: Object.fromEntries(MISCHIEFS.map((name) => [name, 0])) as Swarm["perDay"],
};
