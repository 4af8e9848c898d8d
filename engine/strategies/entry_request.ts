// An entry as a strategy says it, and the request that it becomes.
import { InputError } from "../errors/mod.ts";
import { stated } from "../identity/mod.ts";
import type { PlainSizing } from "../orders/mod.ts";
import type { EntryPlace } from "./entry_price.ts";
import { checkTargets, type TargetPart } from "./exit_part.ts";
import type { Protection } from "./protection.ts";
import type { Request } from "./request.ts";
import { type RequestTerms, termsOf } from "./request_terms.ts";

/** What a strategy may say about an entry. */
export interface EntryOptions extends RequestTerms {
  /**
   * `limitAt`, `stopAt`, `stopLimitAt` or `touchAt`: the entry waits there until it fills, its terms end it, or it is
   * taken back. `trailingPercent`, `trailingDistance` or `trailingAtr`: it waits at a trigger that follows the market.
   * At the market without it.
   */
  readonly at?: EntryPlace | undefined;
  /** The run's sizing without it. */
  readonly sizing?: PlainSizing | undefined;
  /** Share of what the sizing says, above 0 and at most 1: 0.5 for each of two entries that are one together. */
  readonly fraction?: number | undefined;
  /**
   * With both an entry is a bracket: stop and target are sent when it fills, and the one that fills cancels the other.
   * An entry that adds to a position and does not name one leaves it as it is.
   */
  readonly stop?: Protection | undefined;
  readonly target?: Protection | undefined;
  /** Several targets, each of a share of what is entered: `[{ at: percent(2), fraction: 0.5 }, …]`. */
  readonly targets?: readonly TargetPart[] | undefined;
  /** A number that tells several entries of one decision apart, as in a ladder; 0 without it. */
  readonly leg?: number | undefined;
  /** Goes to the trade table; `enter` without it. */
  readonly reason?: string;
}

/** One of several entries of which the first that trades withdraws the others. */
export interface OcoEntry extends EntryOptions {
  readonly side: "buy" | "sell";
  readonly at: EntryPlace;
}

type EntryRequest = Extract<Request, { kind: "enter" }>;

/** @throws {InputError} `terms`, `targets`, `entry-price` or `fraction` where the options contradict each other. */
export function entryRequest(side: "buy" | "sell", options: EntryOptions, oco?: number): EntryRequest {
  const { at = null, sizing = null, fraction, stop = null, target = null, targets, leg, reason = "enter" } = options;
  if (targets !== undefined) checkTargets(targets);
  if (fraction !== undefined && !(fraction > 0 && fraction <= 1)) {
    throw new InputError("fraction", `an entry cannot be ${fraction} of its size: use a share above 0, at most 1`);
  }
  const request: EntryRequest = { kind: "enter", side, at, sizing, stop, target, reason };
  const terms = termsOf(options, at), isPlain = terms === undefined && fraction === undefined && targets === undefined;
  if (isPlain && leg === undefined && oco === undefined) return request;
  return { ...request, ...stated({ terms, fraction, targets, leg, oco }) };
}

/**
 * Entries of one group, told apart from each other and from those that were asked for before.
 *
 * @throws {InputError} `oco` for fewer than two, and for one that does not wait.
 */
export function ocoRequests(entries: readonly OcoEntry[], before: readonly Request[]): EntryRequest[] {
  if (entries.length < 2) {
    throw new InputError("oco", "one entry alone cancels no other: give oco two or more, or use buy or sell");
  }
  const asked = before.filter((request) => request.kind === "enter");
  const group = 1 + Math.max(0, ...asked.map(({ oco = 0 }) => oco));
  let leg = Math.max(0, ...[...asked, ...entries].map((entry) => entry.leg ?? 0));
  return entries.map(({ side, ...options }) => {
    if (options.at === undefined || options.timeInForce === "IOC" || options.timeInForce === "FOK") {
      throw new InputError(
        "oco",
        "entries of which one cancels the others all wait: give each a price in `at`, and neither IOC nor FOK",
      );
    }
    return entryRequest(side, { ...options, leg: options.leg ?? ++leg }, group);
  });
}
