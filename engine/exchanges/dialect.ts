import type { RateLimit } from "../market/mod.ts";
import type { KeyPermissions, OrderRequest } from "./exchange.ts";

/**
 * How a venue's list of fills is walked. `by-id`: from a trade's number on. `backward`: it gives the newest of a stretch.
 * `forward`: it gives the oldest of one.
 */
export type FillPaging = "by-id" | "backward" | "forward";

/** What differs between venues: one value of this shape each, and the same adapter for all. */
export interface Dialect {
  /** As the lake names the venue. */
  readonly id: string;
  /** Class of the library. */
  readonly ccxtId: string;
  /** Options of the library's class. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Kind of its markets that this adapter trades. */
  readonly kind: "spot" | "linear" | "inverse" | "any";
  /** What the venue allows from one address. */
  readonly limit: Omit<RateLimit, "venue" | "address">;
  /** Weight of a request, from the library's own cost of it. */
  weight(cost: number, api: string): number;
  /** Header in which it tells what it has counted, in lower case; null where it does not. */
  readonly usedWeightHeader: string | null;
  readonly candlesPerRequest: number;
  /** True where trades have whole numbers and can be asked for from one on. */
  readonly tradesById?: boolean;
  readonly fillPaging: FillPaging;
  /** Where there are more fills, a page has at least so many. */
  readonly fillsPerPage: number;
  /** A page of fills that is asked for by time reaches no further than this; undefined where it does. */
  readonly fillSpanMs?: number;
  /** Most settlements of funding in one answer, where it has to be asked for more than few. */
  readonly fundingPerRequest?: number;
  /** After so long the venue refuses a late request by rule; null where it has no such rule. */
  readonly requestExpiryMs: number | null;
  /** What in a venue's refusal does not prove that it refused: the order may be there (faults 4 and 10). */
  readonly ambiguous: RegExp | null;
  /** Parameters by which an order is sent, beside type, side, quantity and price. */
  orderParameters(order: OrderRequest): Record<string, unknown>;
  /**
   * Where a trigger always carries a limit: a stop gets one that lies so far beyond its trigger, as a share of it. A market
   * that leaps over both leaves it waiting.
   */
  readonly stopLimitShare?: number;
  /** Parameters by which an order of ours is asked for or cancelled by its name; null where that is not possible. */
  byName(clientOrderId: string): Record<string, unknown> | null;
  /** How the venue is asked what a key may do, and what its answer means; null where it cannot be asked. */
  readonly permissions: {
    readonly method: "sapiGetAccountApiRestrictions" | "v3PrivateGetBrokerageKeyPermissions";
    read(answer: unknown): KeyPermissions;
  } | null;
  /** Parameters that end a stretch of history. */
  until(toMs: number): Record<string, unknown>;
}
