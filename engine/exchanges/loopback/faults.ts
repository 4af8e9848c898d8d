import { z } from "zod";
import { SeededRandom, YEAR_MS } from "../../time/mod.ts";
import { type Act, type Deed, DEEDS, type Fault, FAULT_NAMES, type FaultName, type FaultOf, FAULTS } from "./fault.ts";

/** Which faults there are: by chance, or at stated occasions. */
export const faultPlanSchema = z.strictObject({
  seed: z.int().min(0),
  /** Share of its occasions that meets each fault. */
  shares: z.partialRecord(z.enum(FAULT_NAMES), z.number().min(0).max(1)),
  /**
   * The n-th occasion from now on, counted from 1, as in `{ at: "place", n: 2, fault: "lost-response" }`: of a deed, or of
   * the pieces of news and of the frames that all sockets are sent.
   */
  scripted: z.array(z.strictObject({
    at: z.enum([...DEEDS, "event", "frame", "book-frame"]),
    n: z.int().min(1),
    fault: z.enum(FAULT_NAMES),
  })),
}).partial();

/** A plan of faults. */
export type FaultPlan = z.infer<typeof faultPlanSchema>;

/** Draws the faults of a plan, and counts what it has drawn. */
export class Faults {
  /** How often each fault happened. */
  readonly fired = new Map<FaultName, number>();
  #plan: FaultPlan = {};
  #random = new SeededRandom(0);
  readonly #occasions = new Map<string, number>();
  /** The faults that an occasion may meet: it comes by many thousand times. */
  readonly #possible = new Map<string, readonly FaultName[]>();

  constructor(plan: FaultPlan = {}) {
    this.plan(plan);
  }

  /** Follows another plan from now on. */
  plan(plan: FaultPlan): void {
    this.#plan = plan;
    this.#random = new SeededRandom(plan.seed ?? 1);
    this.#occasions.clear();
  }

  /** What happens there on this occasion; `isKnown` says what the dialect has words for. */
  draw<Where extends Act>(
    acts: Where,
    at: Deed | "event" | "frame" | "book-frame",
    isKnown?: (fault: FaultName) => boolean,
  ): FaultOf<Where> | null {
    const occasion = `${acts} ${at}`, n = (this.#occasions.get(occasion) ?? 0) + 1;
    this.#occasions.set(occasion, n);
    let possible = this.#possible.get(occasion);
    if (possible === undefined) this.#possible.set(occasion, possible = possibleAt(acts, at));
    const here = isKnown === undefined ? possible : possible.filter(isKnown);
    const stated = this.#plan.scripted?.filter((own) => own.at === at && own.n === n).map(({ fault }) => fault);
    const fault = here.find((name) => stated?.includes(name)) ?? this.#drawn(here);
    if (fault !== null) this.fired.set(fault, (this.fired.get(fault) ?? 0) + 1);
    return fault as FaultOf<Where> | null;
  }

  #drawn(faults: readonly FaultName[]): FaultName | null {
    const drawn = this.#random.next();
    let below = 0;
    for (const fault of faults) {
      below += this.#plan.shares?.[fault] ?? 0;
      if (drawn < below) return fault;
    }
    return null;
  }
}

function possibleAt(acts: Act, at: string): readonly FaultName[] {
  return FAULT_NAMES.filter((name) => {
    const own: Fault = FAULTS[name];
    return own.acts === acts && (own.at?.includes(at as Deed) ?? true);
  });
}

/** Rows of candles with a fault in them; the venue's own stay as they are. */
export function withCandleFault(rows: readonly unknown[][], fault: FaultOf<"candles">): unknown[][] {
  const copy = rows.map((row) => [...row]), at = Math.floor(copy.length / 2), row = copy[at];
  if (row === undefined) return copy;
  switch (fault) {
    case "gap":
      return copy.toSpliced(at, 1);
    case "revision":
      row[4] = `${Number(row[4]) * 1.001}`;
      return copy;
    case "duplicate":
      return copy.toSpliced(at, 0, [...row]);
    case "disorder":
      return copy.reverse();
    case "future":
      row[0] = Number(row[0]) + 10 * YEAR_MS;
      return copy;
    case "spike":
      row[2] = `${Number(row[2]) * 10}`;
      return copy;
    case "not-a-number":
      row[4] = "NaN";
      return copy;
    case "micros":
      return copy.map((own) => [Number(own[0]) * 1_000, ...own.slice(1)]);
  }
}
