// Test support only: an account at a venue that a watchdog looks after, in simulated time, with orders that fill, vanish
// and cannot be taken back as a test says.
import type { Outcome } from "../errors/mod.ts";
import type { Balance, Exchange, VenueOrder } from "../exchanges/mod.ts";
import { formatDecimal, type Quantity, quantity, UNIT_DECIMALS } from "../money/mod.ts";
import type { OrderIntent, Recorded, RiskApproved } from "../orders/mod.ts";
import { applyLine, EMPTY_SPOOL, type SpoolLine, type SpoolState } from "../live/watchdog/spool.ts";
import type { SpoolFile } from "../live/watchdog/spool_file.ts";
import { WorldClock } from "../live/world/world_clock.ts";
import type { TimestampMs } from "../time/mod.ts";

const STEP_MS = 50, TURNS = 200;

/** Lets time go on, and everybody who waits for a promise has turns at each step. */
export async function elapse(clock: WorldClock, ms: number): Promise<void> {
  for (const untilMs = clock.now() + ms; clock.now() < untilMs;) {
    await clock.runTo(Math.min(untilMs, clock.now() + STEP_MS));
    for (let turn = 0; turn < TURNS; turn++) await null;
  }
}

/** What somebody comes to while time goes on for them; the test fails where that takes longer than a day. */
export async function untilDone<T>(clock: WorldClock, work: Promise<T>): Promise<T> {
  let isDone = false;
  work.finally(() => isDone = true).catch(() => {});
  for (const untilMs = clock.now() + 86_400_000; !isDone;) {
    if (clock.now() >= untilMs) throw new Error("it takes longer than a day");
    await elapse(clock, STEP_MS);
  }
  return await work;
}

/** A spool without a disk. */
export class MemorySpool {
  state: SpoolState = EMPTY_SPOOL;
  readonly lines: SpoolLine[] = [];

  append(line: SpoolLine): Promise<void> {
    this.lines.push(line);
    this.state = applyLine(this.state, line);
    return Promise.resolve();
  }

  async record(order: RiskApproved<OrderIntent>): Promise<Recorded<RiskApproved<OrderIntent>>> {
    await this.append({ kind: "order", order });
    return order as Recorded<RiskApproved<OrderIntent>>;
  }

  asFile(): SpoolFile {
    return this as unknown as SpoolFile;
  }
}

interface AccountOrder {
  readonly name: string;
  readonly side: "buy" | "sell";
  readonly quantity: Quantity;
  filled: Quantity;
  status: "open" | "filled" | "cancelled";
}

type Answers = Pick<Exchange, "submit" | "cancel" | "order" | "openOrders" | "orders" | "fills" | "balances">;

/** An account that has a base asset, at a venue that fills what goes to the market at once. */
export class WatchedAccount {
  readonly orders = new Map<string, AccountOrder>();
  /** What was asked to be done, in its order. */
  readonly acts: string[] = [];
  total: Quantity;

  constructor(readonly base: string, total: string) {
    this.total = quantity(total);
  }

  /** An order rests. */
  rest(name: string, size: string, side: "buy" | "sell" = "sell"): void {
    this.orders.set(name, { name, side, quantity: quantity(size), filled: quantity("0"), status: "open" });
  }

  /** An order trades: all of it, or a part. */
  fill(name: string, part?: string): void {
    const order = this.orders.get(name)!, size = part === undefined ? order.quantity : quantity(part);
    this.total = this.total + (order.side === "buy" ? size : -size) as Quantity;
    order.filled = size;
    if (size === order.quantity) order.status = "filled";
  }

  /** An order is not there any more. */
  lose(name: string): void {
    this.orders.get(name)!.status = "cancelled";
  }

  /** Names of the orders that rest. */
  get resting(): string[] {
    return [...this.orders.values()].filter(({ status }) => status === "open").map(({ name }) => name);
  }

  balances(): Balance[] {
    const used = this.resting.map((name) => this.orders.get(name)!).filter(({ side }) => side === "sell")
      .reduce((sum, own) => (sum + own.quantity - own.filled) as Quantity, quantity("0"));
    const free = (this.total - used) as Quantity;
    return [
      { asset: "USDT", free: "1000", used: "0", total: "1000" },
      { asset: this.base, free: amount(free), used: amount(used), total: amount(this.total) },
    ].filter(({ total }) => total !== "0");
  }

  /** The venue as it answers, but for what a test answers itself. */
  exchange(other: Partial<Answers> = {}): Answers {
    const own = this.orders;
    return {
      submit: ({ clientOrderId, side, quantity: size }) => {
        this.acts.push(`${side} ${size}`);
        this.rest(clientOrderId, size, side);
        this.fill(clientOrderId);
        return done(told(own.get(clientOrderId)!));
      },
      cancel: (_, name) => {
        this.acts.push(`cancel ${name}`);
        if (own.get(name)?.status !== "open") return refused("order-not-found");
        this.lose(name);
        return done(told(own.get(name)!));
      },
      order: (_, name) => own.has(name) ? done(told(own.get(name)!)) : refused("order-not-found"),
      openOrders: () => done(this.resting.map((name) => told(own.get(name)!))),
      orders: () => done([...own.values()].map(told)),
      fills: () => done([]),
      balances: () => done(this.balances()),
      ...other,
    };
  }
}

/** Answers of a venue. */
export function done<T>(value: T): Promise<Outcome<T>> {
  return Promise.resolve({ kind: "done", value });
}

export function refused<T>(code: string): Promise<Outcome<T>> {
  return Promise.resolve({ kind: "refused", code, reason: code });
}

export function unanswered<T>(): Promise<Outcome<T>> {
  return Promise.resolve({ kind: "unknown", reason: "no answer" });
}

function told({ name, status, quantity: size, filled }: AccountOrder): VenueOrder {
  return {
    ...{ id: name, clientOrderId: name, status, price: null, triggerPrice: null },
    ...{ quantity: amount(size), filled: amount(filled), updatedAtMs: null, timeMs: null },
  };
}

function amount(size: Quantity): string {
  return formatDecimal(size, UNIT_DECIMALS);
}

/** A moment at which such tests begin. */
export const BEGIN_MS = 1_000_000_000_000 as TimestampMs;
