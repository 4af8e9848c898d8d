// Where the entries of a rule strategy wait: one place, a ladder of them, or several of which one cancels the others.
import { InputError } from "../errors/mod.ts";
import { stated } from "../identity/mod.ts";
import { Series } from "../series/mod.ts";
import { type EntryPlace, type EntryPrice, type EntryRule, isTrailingEntry, kindAt } from "./entry_price.ts";
import type { TrailingStop } from "./protection.ts";
import { type RequestTerms, termsOfKind } from "./request_terms.ts";

/** One rung of a ladder. */
export interface LadderRule {
  readonly at: EntryRule | TrailingStop;
  /** Share of the size of the whole entry, above 0; all rungs together at most 1. */
  readonly fraction: number;
}

/** One of several entries of which the first that trades withdraws the others. */
export interface OcoRule {
  readonly side: "buy" | "sell";
  readonly at: EntryRule | TrailingStop;
  /** Share of the size; all of it without. */
  readonly fraction?: number;
}

/** What rules say of entries. */
interface Rules extends RequestTerms {
  readonly at?: EntryRule | TrailingStop;
  readonly ladder?: readonly LadderRule[];
  readonly oco?: readonly OcoRule[];
  readonly enterShort?: unknown;
}

/** An entry of a signal, with where it waits now. */
export interface PlacedEntry {
  readonly side: "buy" | "sell";
  /** Null for the market. */
  readonly at: EntryPlace | null;
  readonly fraction?: number;
  readonly leg?: number;
}

interface PlannedEntry {
  readonly side?: "buy" | "sell";
  readonly at?: EntryRule | TrailingStop;
  readonly fraction?: number;
  readonly leg?: number;
}

/** The entries of a signal, and where the values of their series are. */
export class EntryRules {
  /** What they read beside the price of a single entry, which has a place of its own. */
  readonly series: readonly Series[];
  readonly isOco: boolean;
  readonly isLadder: boolean;
  /** Candles after which what has not filled is taken back; null: never. */
  readonly validFor: number | null;
  readonly terms: RequestTerms | undefined;
  readonly #entries: readonly PlannedEntry[];
  readonly #places = new Map<Series, number>();

  /** @throws {InputError} `ladder`, `oco`, `terms` or `entry-price` where what the rules say does not go together. */
  constructor(rules: Rules) {
    const { at, ladder, oco } = rules;
    if ([at, ladder, oco].filter((stated) => stated !== undefined).length > 1) {
      throw new InputError(
        "strategy",
        "rules say where entries wait by one of at, ladder and oco: leave the others out",
      );
    }
    if (ladder !== undefined) checkLadder(ladder);
    if (oco !== undefined) checkOco(oco, rules);
    this.isOco = oco !== undefined;
    this.isLadder = ladder !== undefined;
    this.#entries = oco ?? ladder ?? [at === undefined ? {} : { at }];
    if (this.#entries.length > 1) this.#entries = this.#entries.map((entry, i) => ({ ...entry, leg: i + 1 }));
    const terms = this.#entries.map((entry) => termsOfKind(rules, kindOf(entry.at)));
    this.terms = terms[0];
    const waits = new Set(this.#entries.map((entry) => validForOf(entry.at)));
    if (waits.size > 1) {
      throw new InputError("entry-price", "entries of one signal wait equally long: state the same validFor for each");
    }
    this.validFor = [...waits][0]!;
    const read = this.#entries.flatMap((entry) => seriesOf(entry.at));
    this.series = at === undefined ? read : read.slice(1);
  }

  /** Says where the values of its series will be: that of the single entry's price, and the first of the others. */
  placedAt(single: Series | undefined, singlePlace: number, first: number): void {
    if (single !== undefined) this.#places.set(single, singlePlace);
    this.series.forEach((series, i) => {
      if (!this.#places.has(series)) this.#places.set(series, first + i);
    });
  }

  /** The entries of a signal for a side; null while a price is not known. */
  placed(signal: "buy" | "sell", values: Float64Array): PlacedEntry[] | null {
    const placed: PlacedEntry[] = [];
    for (const { side = signal, at, ...rest } of this.#entries) {
      const where = at === undefined ? null : this.#place(at, values);
      if (where === undefined) return null;
      placed.push({ ...rest, side, at: where });
    }
    return placed;
  }

  #place(at: EntryRule | TrailingStop, values: Float64Array): EntryPlace | undefined {
    if (isTrailingRule(at)) return at;
    const price = values[this.#places.get(at.price)!]!;
    if (!(price > 0 && price < Infinity)) return undefined;
    if (at.kind !== "stop-limit") return { kind: at.kind, price };
    const limit = values[this.#places.get(at.limit)!]!;
    return limit > 0 && limit < Infinity ? { kind: at.kind, price, limit } : undefined;
  }
}

function isTrailingRule(at: EntryRule | TrailingStop): at is TrailingStop {
  return isTrailingEntry(at as EntryPrice | TrailingStop);
}

function kindOf(at: PlannedEntry["at"]): ReturnType<typeof kindAt> {
  return at === undefined ? "market" : isTrailingRule(at) ? kindAt(at) : at.kind;
}

function validForOf(at: PlannedEntry["at"]): number | null {
  return at === undefined || isTrailingRule(at) ? null : at.validFor;
}

function seriesOf(at: PlannedEntry["at"]): Series[] {
  if (at === undefined || isTrailingRule(at)) return [];
  return at.kind === "stop-limit" ? [at.price, at.limit] : [at.price];
}

function checkLadder(ladder: readonly LadderRule[]): void {
  const sum = ladder.reduce((total, { fraction }) => total + fraction, 0);
  if (ladder.length > 1 && ladder.every(({ fraction }) => fraction > 0) && sum <= 1 + 1e-9) return;
  throw new InputError(
    "ladder",
    `a ladder of ${ladder.length} entries takes ${sum} of its size: use two or more, with shares above 0 and at most 1 in all`,
  );
}

function checkOco(oco: readonly OcoRule[], { enterShort, timeInForce }: Rules): void {
  const refuse = (message: string) => {
    throw new InputError("oco", message);
  };
  if (oco.length < 2) refuse("one entry alone cancels no other: give oco two or more, or use at");
  if (enterShort !== undefined) refuse("entries of oco say their sides: state the signal as enter, and no enterShort");
  if (timeInForce === "IOC" || timeInForce === "FOK") {
    refuse(`entries of which one cancels the others all wait and cannot be ${timeInForce}: leave it out`);
  }
  for (const { fraction = 1 } of oco) {
    if (!(fraction > 0 && fraction <= 1)) {
      refuse(`an entry cannot be ${fraction} of its size: use a share above 0, at most 1`);
    }
  }
}

/** What of a place tells rules apart beside its series. */
export function atIdentity(at: EntryRule | TrailingStop): unknown {
  return isTrailingRule(at) ? at : { kind: at.kind, validFor: at.validFor };
}

/** The same of all else that rules may say of entries; nothing of what they do not use. */
export function entriesIdentity({ ladder, oco, timeInForce, expires, postOnly, display }: Rules) {
  const terms = stated({ timeInForce, expires, postOnly, display });
  return {
    ladder: ladder?.map(({ at, ...rest }) => ({ ...rest, at: atIdentity(at) })),
    oco: oco?.map(({ at, ...rest }) => ({ ...rest, at: atIdentity(at) })),
    terms: Object.keys(terms).length === 0 ? undefined : terms,
  };
}
