// Closes one position at the venue, act after act, each written down before it leaves.
import type { Outcome } from "../../errors/mod.ts";
import type { Exchange, VenueOrder } from "../../exchanges/mod.ts";
import type { Instrument } from "../../market/mod.ts";
import { formatDecimal, type Quantity, quantity, UNIT_DECIMALS, ZERO_QUANTITY } from "../../money/mod.ts";
import { type ClientOrderId, guardOrderId, isGuardOrder } from "../../orders/mod.ts";
import { approveLess } from "../../risk/mod.ts";
import { crashPoint, pause, type Scheduler, type TimestampMs } from "../../time/mod.ts";
import type { VenueTiming } from "../../trader/mod.ts";
import { epochIn } from "../lost_orders.ts";
import { requestOf } from "../venue_amounts.ts";
import { type FlattenAct, type FlattenSight, nextAct } from "./flatten.ts";
import type { GuardedPosition } from "./guarded_position.ts";
import { knownNames, MarketOrders, NOT_FOUND, ordersOf, sentFor, soldBeside } from "./market_orders.ts";
import type { SpoolFile } from "./spool_file.ts";

export interface ClosingParts {
  readonly exchange: Pick<Exchange, "submit" | "cancel" | "order" | "openOrders" | "orders" | "balances">;
  readonly market: Instrument;
  /** Begins the names of the session's orders. */
  readonly session: string;
  readonly epoch: number;
  readonly spool: SpoolFile;
  readonly timing: VenueTiming;
  /** Of the venue's time. */
  readonly scheduler: Scheduler;
  /** Of the machine's time. */
  readonly real: Scheduler;
  /** Why nothing may be sent at this moment; null where it may. Asked before each act, and before the first byte of one. */
  readonly hindrance: () => string | null;
  readonly isOurs: (id: string) => id is ClientOrderId;
  /** All positions that were approved in the market with this one. */
  readonly beside: readonly GuardedPosition[];
  readonly say: (line: string) => void;
}

/** `hindered`: it may go on later, or somebody else does. `unanswered`: it goes on later, and people are told. */
export type ClosingEnd =
  | Extract<FlattenAct, { kind: "flat" | "stuck" }>
  | { readonly kind: "hindered"; readonly reason: string }
  | { readonly kind: "unanswered"; readonly reason: string };

const LOOK_AGAIN_MS = 250, CANCEL_AGAIN_MS = 1_000, LONGEST_PAUSE_MS = 10_000, CLOCK_SKEW_MS = 10_000;
/** One act is tried for so long after requests have expired; then a person has to look. */
const LONGEST_ACT_MS = 60_000;
/** So many looks in a row, about two minutes, may have no answer before the venue counts as away. */
const MOST_UNANSWERED = 12;

/** One position on its way to nothing. */
export class Closing {
  readonly #parts: ClosingParts;
  readonly #position: GuardedPosition;
  readonly #orders: MarketOrders;
  /** Names that were taken back: their end is asked for. */
  readonly #takenBack = new Set<string>();
  readonly #misses = new Map<string, { readonly count: number; readonly atMs: TimestampMs }>();
  /** Sales in quarantine. */
  readonly #lost = new Set<ClientOrderId>();
  readonly #before: number;
  #vainLooks = 0;
  #pauseMs = LOOK_AGAIN_MS;
  /** The act that is tried again and again, since when, and what came of it last. */
  #tried: { readonly what: string; readonly sinceMs: TimestampMs } | null = null;
  #lastReason = "";

  constructor(parts: ClosingParts, position: GuardedPosition) {
    this.#parts = parts;
    this.#position = position;
    this.#before = this.#sent().length;
    this.#orders = new MarketOrders(parts.exchange, parts.market.symbol, parts.isOurs);
  }

  /** Goes on until nothing is left, a person has to look, or it may not go on. */
  async run(): Promise<ClosingEnd> {
    const { real } = this.#parts;
    for (let unanswered = 0; unanswered < MOST_UNANSWERED;) {
      const hindrance = this.#parts.hindrance();
      if (hindrance !== null) return { kind: "hindered", reason: hindrance };
      const sight = await this.#look();
      if (sight === null) {
        unanswered++;
        await this.#later();
        continue;
      }
      if (typeof sight === "string") return { kind: "hindered", reason: sight };
      unanswered = 0;
      const act = nextAct(this.#position, {
        ...{ sent: this.#sent(), before: this.#before, lost: this.#lostOf(sight), vainLooks: this.#vainLooks },
      }, sight);
      this.#vainLooks = act.kind === "wait" ? this.#vainLooks + 1 : 0;
      if (act.kind === "flat" || act.kind === "stuck") return act;
      const reason = this.#whyInVain(act);
      if (reason !== null) return { kind: "stuck", reason };
      if (act.kind === "wait") await pause(real, LOOK_AGAIN_MS);
      else await this.#carryOut(act);
    }
    return { kind: "unanswered", reason: "the venue does not answer" };
  }

  /** Why an act has been tried for long enough; null where it may be tried. */
  #whyInVain(act: FlattenAct): string | null {
    const { real, timing: { requestExpiryMs, quarantineMs, marginMs } } = this.#parts, nowMs = real.now();
    const longestMs = (requestExpiryMs || quarantineMs) + marginMs + LONGEST_ACT_MS;
    const what = triedWhat(act, this.#sent().length);
    if (what === null || what !== this.#tried?.what) this.#tried = what === null ? null : { what, sinceMs: nowMs };
    if (this.#tried === null || nowMs - this.#tried.sinceMs <= longestMs) return null;
    switch (act.kind) {
      case "settle":
        return `nobody knows what became of ${act.name}`;
      case "cancel":
        return `${act.names.join(", ")} cannot be taken back${this.#lastReason}`;
      default:
        return "its sale is refused by the rules";
    }
  }

  #sent() {
    return sentFor(this.#position, this.#parts.spool.state);
  }

  async #later(): Promise<void> {
    await pause(this.#parts.real, this.#pauseMs);
    this.#pauseMs = Math.min(2 * this.#pauseMs, LONGEST_PAUSE_MS);
  }

  /** Orders first, then balances, so that no trade is missing in both; null where the venue does not answer. */
  async #look(): Promise<FlattenSight | string | null> {
    const { exchange, market, isOurs, epoch, session, beside, spool } = this.#parts, { book } = this.#position;
    const open = await exchange.openOrders(market.symbol);
    if (open.kind !== "done") return null;
    // Its own are guard orders: all others of its epoch are of a leader that the database knew when it did not answer.
    const later = open.value.map(({ clientOrderId: name }) => name).find((name) =>
      name !== null && isOurs(name) && epochIn(name, session) >= epoch && !isGuardOrder(name)
    );
    if (later !== undefined) return `${later} at the venue is of a later epoch: another process leads`;
    const told = await this.#orders.told(open.value, [...knownNames(beside), ...this.#takenBack]);
    if (told === null) return null;
    await this.#findLost();
    const orders = ordersOf(told, book), balances = await exchange.balances();
    // An answer without anything at all is none.
    if (balances.kind !== "done" || balances.value.length === 0) return null;
    const base = balances.value.find(({ asset }) => asset === market.base);
    return {
      ...{ free: quantity(base?.free ?? "0"), total: quantity(base?.total ?? "0"), orders },
      soldBeside: soldBeside(this.#position, beside, told, spool.state),
    };
  }

  /** Sales that may arrive yet: what the journal has of a watchdog's and the venue does not know is one of them. */
  #lostOf({ orders }: FlattenSight): string[] {
    if (this.#parts.timing.requestExpiryMs > 0) return [];
    const names = this.#position.orders.map(({ name }) => name);
    return [...this.#lost, ...names.filter((name) => isGuardOrder(name) && orders.get(name) === NOT_FOUND)];
  }

  async #carryOut(act: Extract<FlattenAct, { kind: "settle" | "cancel" | "sell" }>): Promise<void> {
    switch (act.kind) {
      case "settle":
        return await this.#settle(act.name);
      case "cancel":
        return await this.#cancel(act.names);
      case "sell":
        return await this.#sell(act.quantity);
    }
  }

  async #cancel(names: readonly string[]): Promise<void> {
    const { exchange, market, say, real, hindrance } = this.#parts;
    for (const name of names) {
      // A look takes its time, and what a leader has put there meanwhile is not taken back.
      if (hindrance() !== null) return;
      crashPoint("watchdog: before cancel");
      this.#takenBack.add(name);
      const outcome = await exchange.cancel(market.symbol, name);
      const reason = outcome.kind === "done" ? "" : `: ${outcome.reason}`;
      if (reason === "" || reason !== this.#lastReason) say(`${name} is taken back${reason}`);
      this.#lastReason = reason;
      crashPoint("watchdog: cancelled");
      // Refused: it may have traded. Unknown: it may be gone. The next look tells.
      if (outcome.kind !== "done") await pause(real, CANCEL_AGAIN_MS);
    }
  }

  async #sell(size: Quantity): Promise<void> {
    const { exchange, market, spool, scheduler, hindrance, timing, say } = this.#parts,
      { close, mark, lot, minNotional } = this.#position;
    const nowMs = scheduler.now(),
      order = approveLess(close, size, this.#name(nowMs), nowMs, {
        ...{ instrument: { ...market, lot, minNotional }, mark },
      });
    if (order === null) return await this.#later();
    crashPoint("watchdog: before order");
    const recorded = await spool.record(order), { clientOrderId: name } = recorded;
    crashPoint("watchdog: order durable");
    const lastLook = () => {
      const reason = hindrance();
      if (reason !== null) return reason;
      // Its absence is proven from the line on that says that it is on its way: it leaves soon after it, or not at all.
      return scheduler.now() - nowMs > timing.sendMs ? "it has waited too long for its turn" : null;
    };
    const outcome = await exchange.submit(requestOf(recorded, market)!, lastLook);
    crashPoint("watchdog: order answered");
    const text = `sell ${formatDecimal(size, UNIT_DECIMALS)} of ${market.symbol} at the market, ${name}`;
    if (outcome.kind === "done") {
      say(`ordered to ${text}`);
      const { status, filled } = outcome.value;
      if (status === "filled" && filled !== null) await this.#note(name, quantity(filled));
      this.#pauseMs = LOOK_AGAIN_MS;
    } else if (outcome.kind === "unknown") say(`nobody knows what became of the order to ${text}: ${outcome.reason}`);
    else {
      say(`could not ${text}: ${outcome.reason}`);
      await this.#note(name, ZERO_QUANTITY);
      await this.#later();
    }
  }

  /** The approved name once, then others of the same epoch: no name is given twice. */
  #name(nowMs: TimestampMs): ClientOrderId {
    const { spool, session, epoch } = this.#parts, { book, close: { clientOrderId } } = this.#position;
    if (!spool.state.orders.has(clientOrderId)) return clientOrderId;
    return guardOrderId(`${session}${epoch.toString(36)}`, book, nowMs, spool.state.orders.size);
  }

  /** Asks for an order of ours; one that the venue does not know is absent only once that is proven. */
  async #settle(name: ClientOrderId): Promise<void> {
    const { exchange, market, real, say } = this.#parts, answer = await exchange.order(market.symbol, name);
    if (await this.#noteEnd(name, answer)) return;
    if (answer.kind === "refused" && answer.code === "order-not-found") {
      if (await this.#isAbsent(name)) return await this.#note(name, ZERO_QUANTITY);
      if (this.#isQuarantineOver(name)) {
        say(`nobody knows what became of ${name}, and requests to the venue never expire`);
        this.#lost.add(name);
        return;
      }
    }
    await pause(real, LOOK_AGAIN_MS);
  }

  /** True where the venue says that an order has ended, which is written down. */
  async #noteEnd(name: ClientOrderId, answer: Outcome<VenueOrder>): Promise<boolean> {
    if (answer.kind !== "done") return false;
    const { status, filled } = answer.value;
    if (status === "open" || status === null || filled === null) return false;
    await this.#note(name, quantity(filled));
    return true;
  }

  /** A sale that was lost and is found is lost no more; it is taken back where it rests. */
  async #findLost(): Promise<void> {
    const { exchange, market, hindrance } = this.#parts;
    for (const name of this.#lost) {
      const answer = await exchange.order(market.symbol, name);
      if (answer.kind !== "done") continue;
      this.#lost.delete(name);
      if (!await this.#noteEnd(name, answer) && hindrance() === null) await exchange.cancel(market.symbol, name);
    }
  }

  /** At a venue whose requests never expire nothing proves absence: another sale may go out then (decision on exits). */
  #isQuarantineOver(name: ClientOrderId): boolean {
    const { scheduler, spool, timing: { requestExpiryMs, quarantineMs } } = this.#parts;
    return requestExpiryMs === 0 && scheduler.now() - spool.state.orders.get(name)!.order.decidedAtMs >= quarantineMs;
  }

  /** RELIABILITY §1.3: its expiry has passed, and two looks apart neither open orders nor the history have it. */
  async #isAbsent(name: ClientOrderId): Promise<boolean> {
    const { exchange, market, scheduler, spool, timing } = this.#parts, nowMs = scheduler.now();
    const { decidedAtMs } = spool.state.orders.get(name)!.order;
    const goneMs = decidedAtMs + timing.sendMs + timing.requestExpiryMs + timing.marginMs;
    if (timing.requestExpiryMs === 0 || nowMs < goneMs) return false;
    const fromMs = Math.max(0, decidedAtMs - CLOCK_SKEW_MS) as TimestampMs;
    const [open, history] = await Promise.all([
      exchange.openOrders(market.symbol),
      exchange.orders({ symbol: market.symbol, fromMs }),
    ]);
    if (open.kind !== "done" || history.kind !== "done") return false;
    if ([...open.value, ...history.value].some(({ clientOrderId }) => clientOrderId === name)) return false;
    const { count, atMs } = this.#misses.get(name) ?? { count: 0, atMs: -Infinity as TimestampMs };
    if (nowMs - atMs < timing.missGapMs) return false;
    this.#misses.set(name, { count: count + 1, atMs: nowMs });
    return count >= 1;
  }

  async #note(name: ClientOrderId, filled: Quantity): Promise<void> {
    await this.#parts.spool.append({ kind: "outcome", name, filled });
    crashPoint("watchdog: outcome durable");
  }
}

/** What is tried, in words that stay the same while it leads nowhere; null where an act bounds itself. */
function triedWhat(act: FlattenAct, sent: number): string | null {
  switch (act.kind) {
    case "settle":
      return `settle ${act.name}`;
    case "cancel":
      return `cancel ${act.names.join()}`;
    case "sell":
      return `sell after ${sent}`;
    default:
      return null;
  }
}
