import { InputError } from "../errors/mod.ts";
import type { Trail } from "../orders/mod.ts";
import { roiStep, type RoiTable, sameTable } from "./roi.ts";

/**
 * Where a stop or a target lies: a share of the average entry price or a distance in quote units away from it, or at an
 * absolute price. A trailing stop counts from the best price since the entry instead, and moves when a candle closes.
 */
export type Protection =
  & (
    | Offset
    | { readonly kind: "price"; readonly price: number }
    | { readonly kind: "trailing-fraction"; readonly fraction: number; readonly activation?: Activation }
    | { readonly kind: "trailing-distance"; readonly distanceQuote: number }
    | {
      readonly kind: "trailing-atr";
      readonly multiple: number;
      readonly length: number;
      /** Multiple × average true range at the decision; the engine fills it in. */
      readonly distanceQuote?: number;
    }
    | RoiTable
  )
  & {
    /** Of a stop: its order becomes a limit so far beyond the trigger, instead of going to the market. */
    readonly limit?: Offset;
    /** Of a target: its order goes to the market once the price is touched, instead of waiting there as a limit. */
    readonly ifTouched?: true;
  };

/** How far away, as a share of a price or in quote units. */
export type Offset =
  | { readonly kind: "fraction"; readonly fraction: number }
  | { readonly kind: "distance"; readonly distanceQuote: number };

/** What changes for a trailing stop once its position has earned so much. */
export interface Activation {
  /** Profit as a share of the average entry price, at the best price since the entry. */
  readonly profitFraction: number;
  /** Share of the best price at which it follows once the profit is above that; null: as before. */
  readonly thenFraction: number | null;
  /** True: it stays at its distance from the entry while the profit is below. */
  readonly waits: boolean;
}

/** When and how a trailing stop changes, in percent. */
export interface TrailingOptions {
  /** Profit in percent of the average entry price from which it is active; 0 without it. */
  readonly activation?: number;
  /** Distance in percent once the profit is above the activation; without it, the distance stays. */
  readonly then?: number;
  /** Before its activation the stop `waits` at its distance from the entry, or it `follows` from the start. */
  readonly before?: "waits" | "follows";
}

/**
 * A distance in percent of the average entry price: `percent(5)` is 0.05 of it.
 *
 * @throws {InputError} `percent` when it is not above 0.
 */
export function percent(value: number): Protection {
  return { kind: "fraction", fraction: checkedPercent(value) / 100 };
}

/**
 * A stop that follows the best price since the entry at this many percent of it; with options, only from a profit on, or
 * closer from there on: `trailingPercent(10, { activation: 5, then: 3 })` stays 10 % below the entry until the profit
 * is 5 %, and follows at 3 % when it is more.
 *
 * @throws {InputError} `percent` when a distance is not above 0 or the activation is below it.
 */
export function trailingPercent(value: number, options?: TrailingOptions): TrailingStop {
  const fraction = checkedPercent(value) / 100;
  if (options === undefined) return { kind: "trailing-fraction", fraction };
  const { activation = 0, then, before = "waits" } = options;
  if (!(activation >= 0 && activation < Infinity)) {
    throw new InputError("percent", `a stop cannot wait for a profit of ${activation} percent: use 0 or more`);
  }
  return {
    kind: "trailing-fraction",
    fraction,
    activation: {
      profitFraction: activation / 100,
      thenFraction: then === undefined ? null : checkedPercent(then) / 100,
      waits: before === "waits",
    },
  };
}

/** A stop that follows the best price since the entry at a distance in quote units. */
export function trailingDistance(quoteUnits: number): TrailingStop {
  return { kind: "trailing-distance", distanceQuote: quoteUnits };
}

/**
 * A stop so many average true ranges behind the best price since the entry (a chandelier exit): at each close the
 * average of that candle counts, and the stop never moves back. Rules need nothing more; a strategy class names
 * `atr(length)` among its series.
 *
 * @throws {InputError} `trailing-atr` for a multiple that is not above 0 or a length that is not a number of candles.
 */
export function trailingAtr(multiple: number, length = 14): TrailingStop {
  if (multiple > 0 && Number.isFinite(multiple) && Number.isInteger(length) && length >= 1) {
    return { kind: "trailing-atr", multiple, length };
  }
  throw new InputError(
    "trailing-atr",
    `a stop cannot follow at ${multiple} average true ranges of ${length} candles: use numbers above 0, as in trailingAtr(3, 14)`,
  );
}

function checkedPercent(value: number): number {
  if (value > 0 && Number.isFinite(value)) return value;
  throw new InputError("percent", `a stop or target at ${value} percent makes no sense: use a number above 0`);
}

/** A distance in quote units from the average entry price, for instance a multiple of the average true range. */
export function distance(quoteUnits: number): Protection {
  return { kind: "distance", distanceQuote: quoteUnits };
}

/** A fixed price. */
export function atPrice(price: number): Protection {
  return { kind: "price", price };
}

/**
 * A stop as a stop-limit order: once it is touched it sells (a short one buys) no worse than so far beyond it, and stays
 * open where the market has gone further. `stopLimit(percent(5), percent(0.5))`.
 *
 * @param beyond `percent` of the trigger or a `distance` from it.
 * @throws {InputError} `stop-limit` for any other kind of distance.
 */
export function stopLimit(stop: Protection, beyond: Protection): Protection {
  if (beyond.kind === "fraction" || beyond.kind === "distance") return { ...stop, limit: beyond };
  throw new InputError("stop-limit", `a limit cannot lie beyond its stop by a ${beyond.kind}: use percent or distance`);
}

/** A target as a take-profit order: it goes to the market once it is touched. `ifTouched(percent(10))`. */
export function ifTouched(target: Protection): Protection {
  return { ...target, ifTouched: true };
}

/** A stop that follows the market. */
export type TrailingStop = Extract<Protection, { kind: `trailing-${string}` }>;

/** True for a stop that follows the market. */
export function isTrailing(protection: Protection | null): protection is TrailingStop {
  const kind = protection?.kind;
  return kind === "trailing-fraction" || kind === "trailing-distance" || kind === "trailing-atr";
}

/** How a trailing stop of a position with this average entry price follows, as an order says it. */
export function trailOf(stop: TrailingStop, entryPrice: number): Trail {
  if (stop.kind !== "trailing-fraction") return { kind: "distance", distanceQuote: sizeOf(stop) };
  const { fraction, activation } = stop;
  return {
    kind: "fraction",
    fraction,
    ...(activation === undefined ? {} : { activation: { entryPrice, ...activation } }),
  };
}

/** True when both lie at the same place, or neither is there. */
export function sameProtection(a: Protection | null, b: Protection | null): boolean {
  if (a === b) return true;
  if (a === null || b === null || a.kind !== b.kind || a.ifTouched !== b.ifTouched) return false;
  if (!sameProtection(a.limit ?? null, b.limit ?? null)) return false;
  if (a.kind === "roi") return sameTable(a, b as RoiTable);
  if (a.kind === "trailing-atr") return a.multiple === (b as typeof a).multiple && a.length === (b as typeof a).length;
  return sizeOf(a) === sizeOf(b as typeof a) && sameActivation(activationOf(a), activationOf(b));
}

/** True when it says where it lies: an indicator that is not known yet makes a distance that is no number. */
export function isPlaced(protection: Protection): boolean {
  const { limit } = protection;
  const size = protection.kind === "roi" ? 1 : sizeOf(protection);
  return size > 0 && size < Infinity && (limit === undefined || isPlaced(limit));
}

function sizeOf(protection: Exclude<Protection, RoiTable>): number {
  if (protection.kind === "price") return protection.price;
  return "fraction" in protection ? protection.fraction : protection.distanceQuote ?? NaN;
}

function activationOf(protection: Protection): Activation | undefined {
  return protection.kind === "trailing-fraction" ? protection.activation : undefined;
}

function sameActivation(a: Activation | undefined, b: Activation | undefined): boolean {
  return a?.profitFraction === b?.profitFraction && a?.thenFraction === b?.thenFraction && a?.waits === b?.waits;
}

/**
 * The price at which a protection lies; NaN for a table without a step for that age.
 *
 * @param from Average entry price, or for a trailing stop the best price since the entry, quote units.
 * @param direction 1 when the protection lies above (target of a long, stop of a short), else −1.
 * @param minutesHeld Age of the position.
 */
export function protectionPrice(protection: Protection, from: number, direction: 1 | -1, minutesHeld = 0): number {
  switch (protection.kind) {
    case "fraction":
    case "trailing-fraction":
      return from * (1 + direction * protection.fraction);
    case "distance":
    case "trailing-distance":
    case "trailing-atr":
      return from + direction * (protection.distanceQuote ?? NaN);
    case "price":
      return protection.price;
    case "roi":
      return from * (1 + direction * (roiStep(protection, minutesHeld)?.[1] ?? NaN));
  }
}
