// Journal events as rows keep them: JSON in which money is decimal text, with the version of its form.
import { CodedError } from "../errors/mod.ts";
import {
  AMOUNT_DECIMALS,
  type Fee,
  formatDecimal,
  type Notional,
  parseDecimal,
  type Price,
  type Quantity,
  UNIT_DECIMALS,
} from "../money/mod.ts";
import type { Fill, JournalEvent, OrderIntent } from "../orders/mod.ts";
import type { TimestampMs } from "../time/mod.ts";

/** JSON of an object. */
export type Body = Readonly<Record<string, unknown>>;

/** An event as a row keeps it. */
export interface StoredEvent {
  readonly kind: string;
  /** Of the body's form: older ones are read for ever. */
  readonly version: number;
  readonly epoch: number;
  readonly timeMs: number;
  readonly body: Body;
}

/** Turns a body of version `n` into one of version `n + 1`. */
export type Upcast = (body: Body) => Body;

/** The upcasts of each kind, the one of version 1 first: a kind's version is one more than they are. */
export type Upcasts = Readonly<Record<JournalEvent["kind"], readonly Upcast[]>>;

/** Nothing has changed its form yet. Whoever changes one adds how the old is read, and keeps the golden journal. */
export const upcasts: Upcasts = { intent: [], step: [], fill: [], adjustment: [] };

/** An event as a row. */
export function storedForm(event: JournalEvent, epoch: number): StoredEvent {
  const { kind } = event, version = upcasts[kind].length + 1;
  return { kind, version, epoch, timeMs: event.timeMs, body: bodyOf(event) };
}

/**
 * A row as an event, whatever version of the program wrote it.
 *
 * @throws {CodedError} `journal-newer` for a kind or version that only a newer program writes (fault 62).
 */
export function eventOf(row: StoredEvent, known: Upcasts = upcasts): JournalEvent {
  const { kind, version, epoch, timeMs } = row, steps = known[kind as JournalEvent["kind"]];
  if (!Object.hasOwn(known, kind) || version > steps.length + 1) {
    throw new CodedError(
      "journal-newer",
      `the journal has events ${kind} of version ${version}, which this program does not know: use the one that wrote it`,
    );
  }
  const body = steps.slice(version - 1).reduce((form, upcast) => upcast(form), row.body);
  return fromBody(kind as JournalEvent["kind"], body, epoch, timeMs as TimestampMs);
}

function bodyOf(event: JournalEvent): Body {
  switch (event.kind) {
    case "intent":
      return intentBody(event.order);
    case "step":
      return { clientOrderId: event.clientOrderId, to: event.to, reason: event.reason };
    case "fill":
      return fillBody(event.fill);
    case "adjustment":
      return { id: event.id, asset: event.asset, amount: amountText(event.amount), reason: event.reason };
  }
}

// deno-lint-ignore no-explicit-any -- bodies were written by bodyOf above
function fromBody(kind: JournalEvent["kind"], body: any, epoch: number, timeMs: TimestampMs): JournalEvent {
  switch (kind) {
    case "intent":
      return { kind, order: intentFrom(body), epoch, timeMs };
    case "fill":
      return { kind, fill: fillFrom(body), timeMs };
    case "step":
      return { kind, ...body, timeMs };
    case "adjustment":
      return { kind, ...body, amount: money<Notional>(body.amount), timeMs };
  }
}

/** An intent as JSON. */
export function intentBody(order: OrderIntent): Body {
  return {
    ...order,
    quantity: unitsText(order.quantity),
    price: order.price === null ? null : unitsText(order.price),
    limitPrice: order.limitPrice === null ? null : unitsText(order.limitPrice),
    terms: {
      ...order.terms,
      displayQuantity: order.terms.displayQuantity === null ? null : unitsText(order.terms.displayQuantity),
    },
  };
}

// deno-lint-ignore no-explicit-any -- bodies were written by intentBody above
function intentFrom(body: any): OrderIntent {
  return {
    ...body,
    quantity: units<Quantity>(body.quantity),
    price: body.price === null ? null : units<Price>(body.price),
    limitPrice: body.limitPrice === null ? null : units<Price>(body.limitPrice),
    terms: {
      ...body.terms,
      displayQuantity: body.terms.displayQuantity === null ? null : units<Quantity>(body.terms.displayQuantity),
    },
  };
}

function fillBody(fill: Fill): Body {
  return {
    ...fill,
    price: unitsText(fill.price),
    quantity: unitsText(fill.quantity),
    fee: amountText(fill.fee),
    ...(fill.feeWorthQuote === undefined ? {} : { feeWorthQuote: amountText(fill.feeWorthQuote) }),
  };
}

// deno-lint-ignore no-explicit-any -- bodies were written by fillBody above
function fillFrom(body: any): Fill {
  return {
    ...body,
    price: units<Price>(body.price),
    quantity: units<Quantity>(body.quantity),
    fee: money<Fee>(body.fee),
    ...(body.feeWorthQuote === undefined ? {} : { feeWorthQuote: money<Notional>(body.feeWorthQuote) }),
  };
}

/** A price or quantity as NUMERIC takes it. */
export function unitsText(value: Price | Quantity): string {
  return formatDecimal(value, UNIT_DECIMALS);
}

/** An amount of money or a fee as NUMERIC takes it. */
export function amountText(value: Notional | Fee): string {
  return formatDecimal(value, AMOUNT_DECIMALS);
}

/** A price or quantity as NUMERIC gives it. */
export function units<T extends Price | Quantity>(text: string): T {
  return parseDecimal(text, UNIT_DECIMALS) as T;
}

/** An amount of money or a fee as NUMERIC gives it. */
export function money<T extends Notional | Fee>(text: string): T {
  return parseDecimal(text, AMOUNT_DECIMALS) as T;
}
