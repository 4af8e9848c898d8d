/** What a client asks for, whichever dialect it speaks. */
export const DEEDS = [
  "markets",
  "candles",
  "trades",
  "ticker",
  "book",
  "time",
  "place",
  "cancel",
  "cancel-all",
  "replace",
  "order",
  "open-orders",
  "orders",
  "fills",
  "balances",
  "other",
] as const;

export type Deed = typeof DEEDS[number];

/** Where a fault acts. Each has its own count of occasions: requests by their deed, pieces of news, frames. */
export const ACTS = ["answer", "candles", "venue", "limit", "clock", "event", "frame", "book"] as const;

export type Act = typeof ACTS[number];

/** A fault as a value: its numbers in docs/reliability.md, where it acts, and at which deeds (at any, where none is named). */
export interface Fault {
  readonly ids: readonly string[];
  readonly acts: Act;
  readonly at?: readonly Deed[];
  /** Of an answer: what was asked for is done all the same. */
  readonly isCarriedOut?: boolean;
}

const QUERIES = ["order", "open-orders", "orders", "fills", "balances"] as const satisfies Deed[];
const CANDLES = { acts: "candles", at: ["candles"] } as const;

/** All that the loopback exchange can do wrong, whichever dialect it is spoken to in. */
export const FAULTS = {
  /** Nothing of it arrives; the connection breaks. */
  "lost-request": { ids: ["A2"], acts: "answer", isCarriedOut: false },
  /** The connection breaks after it. */
  "lost-response": { ids: ["A1", "A3", "B21"], acts: "answer", isCarriedOut: true },
  /** The venue says that it does not know. */
  "unknown-status": { ids: ["A4"], acts: "answer", isCarriedOut: true },
  "unavailable": { ids: ["A4"], acts: "answer", isCarriedOut: false },
  /** The answer ends in the middle. */
  "cut-body": { ids: ["A5"], acts: "answer", isCarriedOut: true },
  /** A page of a proxy with status 200. */
  "not-json": { ids: ["D49"], acts: "answer", isCarriedOut: false },
  /** The answer comes byte by byte. */
  "slow": { ids: ["D50"], acts: "answer", isCarriedOut: true },
  /** The connection stays open, and no answer ever comes. */
  "half-open": { ids: ["D51"], acts: "answer", isCarriedOut: true },
  "limited": { ids: ["D43"], acts: "answer", isCarriedOut: false },
  /** Without a word of how long to wait. */
  "limited-untold": { ids: ["D43"], acts: "answer", isCarriedOut: false },
  "banned": { ids: ["D44"], acts: "answer", isCarriedOut: false },
  /** A firewall's page. */
  "forbidden": { ids: ["D44"], acts: "answer", isCarriedOut: false },
  "revoked-key": { ids: ["D52"], acts: "answer", isCarriedOut: false },
  "clock-skew": { ids: ["D46"], acts: "answer", isCarriedOut: false },

  "gap": { ids: ["C33"], ...CANDLES },
  "revision": { ids: ["C34"], ...CANDLES },
  "duplicate": { ids: ["C36"], ...CANDLES },
  "disorder": { ids: ["C36"], ...CANDLES },
  "future": { ids: ["C36", "D48"], ...CANDLES },
  "spike": { ids: ["C37"], ...CANDLES },
  "not-a-number": { ids: ["C37"], ...CANDLES },
  "micros": { ids: ["C38"], ...CANDLES },

  /** Tick, lot and least worth are ten times as coarse from here on. */
  "grid-changed": { ids: ["A8"], acts: "venue", at: ["place"] },
  "halted": { ids: ["A13"], acts: "venue", at: ["place"] },
  /** The market ends, and with it what rests there. */
  "delisted": { ids: ["A13"], acts: "venue", at: ["place"] },
  /** Of a replacement the cancel only, of several cancels the first half. */
  "half-done": { ids: ["A12"], acts: "venue", at: ["replace", "cancel"] },
  /** Half of the order is filled first, and the answer does not say so. */
  "cancel-misstates": { ids: ["B19"], acts: "venue", at: ["cancel"] },
  "cancel-meets-fill": { ids: ["B20"], acts: "venue", at: ["cancel"] },
  "fill-after-end": { ids: ["B22"], acts: "venue", at: ["cancel"] },
  /** More is filled than was asked for. */
  "overfill": { ids: ["B22"], acts: "venue", at: ["order", "open-orders"] },
  /** The order's fees are taken in a third asset. */
  "fee-elsewhere": { ids: ["B23"], acts: "venue", at: ["place"] },
  /** This answer does not tell fees yet. */
  "fee-missing": { ids: ["B23"], acts: "venue", at: ["fills"] },
  /** The last fee is doubled. */
  "fee-revised": { ids: ["B23"], acts: "venue", at: ["fills"] },
  /** This page holds three rows at most. */
  "short-page": { ids: ["B25"], acts: "venue", at: ["fills"] },
  "foreign-order": { ids: ["B26"], acts: "venue", at: ["open-orders"] },
  "deposit": { ids: ["B27"], acts: "venue", at: ["balances"] },
  "withdrawal": { ids: ["B27"], acts: "venue", at: ["balances"] },
  "dust": { ids: ["B27"], acts: "venue", at: ["balances"] },
  /** The answer is what was true before the last change. */
  "stale-snapshot": { ids: ["B28"], acts: "venue", at: QUERIES },
  /** The last trade is taken back. */
  "bust": { ids: ["B29"], acts: "venue", at: ["fills"] },
  /** Orders with a trigger are gone without news. */
  "vanished-stop": { ids: ["B30"], acts: "venue", at: ["open-orders"] },
  /** All open sells fill. */
  "both-fill": { ids: ["B30"], acts: "venue", at: ["open-orders"] },
  /** Another process of this address has spent half of the limit. */
  "spent-elsewhere": { ids: ["D45"], acts: "limit" },

  /** The venue's clock jumps an hour, to and fro. */
  "clock-jump": { ids: ["D47"], acts: "clock", at: ["time"] },
  /** The venue's clock is beyond the 19th of January 2038. */
  "far-clock": { ids: ["D48"], acts: "clock", at: ["time"] },

  "lost-event": { ids: ["B24"], acts: "event" },
  "duplicate-event": { ids: ["B17"], acts: "event" },
  "disordered-event": { ids: ["B18"], acts: "event" },
  "late-event": { ids: ["B18"], acts: "event" },

  /** The socket stays open, and nothing comes through it any more. */
  "silent-socket": { ids: ["C31", "D51"], acts: "frame" },
  "broken-socket": { ids: ["C32"], acts: "frame" },
  "book-gap": { ids: ["C41"], acts: "book" },
  "garbage-frame": { ids: ["C42"], acts: "frame" },
  /** 10 million letters. */
  "huge-frame": { ids: ["C42"], acts: "frame" },
  "deep-frame": { ids: ["C42"], acts: "frame" },
} as const satisfies Readonly<Record<string, Fault>>;

export type FaultName = keyof typeof FAULTS;

/** Faults that act in one place. */
export type FaultOf<Where extends Act> = {
  [Name in FaultName]: typeof FAULTS[Name]["acts"] extends Where ? Name : never;
}[FaultName];

/** Names of the faults, as they stand in the catalogue. */
export const FAULT_NAMES = Object.keys(FAULTS) as FaultName[];
