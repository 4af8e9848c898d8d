// Closes one position at the venue, act after act, each written down before it leaves.
import type { Exchange } from "../../exchanges/mod.ts";
import type { Instrument } from "../../market/mod.ts";
import { formatDecimal, type Quantity, quantity, UNIT_DECIMALS, ZERO_QUANTITY } from "../../money/mod.ts";
import { type ClientOrderId, guardOrderId, isGuardOrder } from "../../orders/mod.ts";
import { approveLess } from "../../risk/mod.ts";
import { crashPoint, pause, type Scheduler, type TimestampMs } from "../../time/mod.ts";
import type { VenueTiming } from "../../trader/mod.ts";
import { epochIn } from "../lost_orders.ts";
import { requestOf } from "../venue_amounts.ts";
import { type FlattenAct, type FlattenSight, nextAct, type ToldOrder } from "./flatten.ts";
import { bookIn, type GuardedPosition } from "./guarded_position.ts";
import { unadopted } from "./spool.ts";
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
  readonly say: (line: string) => void;
}

/** `hindered`: it may go on later, or somebody else does. */
export type ClosingEnd = Extract<FlattenAct, { kind: "flat" | "stuck" }> | {
  readonly kind: "hindered";
  readonly reason: string;
};

const LOOK_AGAIN_MS = 250, LONGEST_PAUSE_MS = 10_000, CLOCK_SKEW_MS = 10_000;
/** So many looks in a row may have no answer before the venue counts as away; it is then tried again from the start. */
const MOST_UNANSWERED = 60;

/** One position on its way to nothing. */
export class Closing {
  readonly #parts: ClosingParts;
  readonly #position: GuardedPosition;
  /** Orders of the session that have ended at the venue, with what they had traded. */
  readonly #ended = new Map<string, ToldOrder>();
  /** Names that were taken back: their end is asked for. */
  readonly #takenBack = new Set<string>();
  readonly #misses = new Map<string, { readonly count: number; readonly atMs: TimestampMs }>();
  #boundLooks = 0;
  #pauseMs = LOOK_AGAIN_MS;

  constructor(parts: ClosingParts, position: GuardedPosition) {
    this.#parts = parts;
    this.#position = position;
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
      const act = nextAct(this.#position, { sent: this.#sent(), boundLooks: this.#boundLooks }, sight);
      this.#boundLooks = act.kind === "wait" ? this.#boundLooks + 1 : 0;
      if (act.kind === "flat" || act.kind === "stuck") return act;
      if (act.kind === "wait") await pause(real, LOOK_AGAIN_MS);
      else await this.#carryOut(act);
    }
    return { kind: "hindered", reason: "the venue does not answer" };
  }

  #sent() {
    return unadopted(this.#parts.spool.state).filter(({ order }) => order.book === this.#position.book);
  }

  async #later(): Promise<void> {
    await pause(this.#parts.real, this.#pauseMs);
    this.#pauseMs = Math.min(2 * this.#pauseMs, LONGEST_PAUSE_MS);
  }

  /** Orders first, then balances, so that no trade is missing in both; null where the venue does not answer. */
  async #look(): Promise<FlattenSight | string | null> {
    const { exchange, market, isOurs, epoch, session } = this.#parts, { book } = this.#position;
    const open = await exchange.openOrders(market.symbol);
    if (open.kind !== "done") return null;
    const orders = new Map<string, ToldOrder>();
    for (const { clientOrderId: name, filled } of open.value) {
      if (name === null || !isOurs(name)) continue;
      // Its own are guard orders: all others of its epoch are of a leader that the database knew when it did not answer.
      if (epochIn(name, session) >= epoch && !isGuardOrder(name)) {
        return `${name} at the venue is of a later epoch: another process leads`;
      }
      if (bookIn(name) !== book || isGuardOrder(name)) continue;
      orders.set(name, { filled: quantity(filled ?? "0"), isOpen: true });
    }
    for (const name of [...this.#position.orders.map((own) => own.name), ...this.#takenBack]) {
      if (orders.has(name)) continue;
      const told = await this.#endOf(name as ClientOrderId);
      if (told === null) return null;
      orders.set(name, told);
    }
    const balances = await exchange.balances();
    if (balances.kind !== "done") return null;
    const base = balances.value.find(({ asset }) => asset === market.base);
    return {
      ...{ free: quantity(base?.free ?? "0"), total: quantity(base?.total ?? "0"), orders },
      soldBeside: this.#soldBeside(),
    };
  }

  /** What an order that does not rest has traded. One that the venue does not know has not: nothing can arrive any more. */
  async #endOf(name: ClientOrderId): Promise<ToldOrder | null> {
    const ended = this.#ended.get(name);
    if (ended !== undefined) return ended;
    const { exchange, market } = this.#parts, answer = await exchange.order(market.symbol, name);
    if (answer.kind === "refused" && answer.code === "order-not-found") return { filled: ZERO_QUANTITY, isOpen: false };
    if (answer.kind !== "done") return null;
    const { filled, status } = answer.value, told = { filled: quantity(filled ?? "0"), isOpen: status === "open" };
    if (!told.isOpen) this.#ended.set(name, told);
    return told;
  }

  #soldBeside(): Quantity {
    const { spool, market } = this.#parts, { book } = this.#position;
    return unadopted(spool.state).filter(({ order }) => order.instrument === market.id && order.book !== book)
      .reduce((sum, { filled }) => (sum + filled) as Quantity, ZERO_QUANTITY);
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
    const { exchange, market, say, real } = this.#parts;
    for (const name of names) {
      crashPoint("watchdog: before cancel");
      this.#takenBack.add(name);
      const outcome = await exchange.cancel(market.symbol, name);
      say(`${name} is taken back${outcome.kind === "done" ? "" : `: ${outcome.reason}`}`);
      crashPoint("watchdog: cancelled");
      // Refused: it may have traded. Unknown: it may be gone. The next look tells.
      if (outcome.kind !== "done") await pause(real, LOOK_AGAIN_MS);
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
    const { exchange, market, real } = this.#parts;
    const answer = await exchange.order(market.symbol, name);
    if (answer.kind === "done") {
      const { status, filled } = answer.value;
      if (status !== "open" && status !== null && filled !== null) return await this.#note(name, quantity(filled));
      await pause(real, LOOK_AGAIN_MS);
    } else if (answer.kind === "refused" && answer.code === "order-not-found" && await this.#isAbsent(name)) {
      await this.#note(name, ZERO_QUANTITY);
    } else await pause(real, LOOK_AGAIN_MS);
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
