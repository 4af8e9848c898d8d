import type { ClosedLot } from "../portfolio/mod.ts";
import type { Refusal } from "../risk/mod.ts";
import type { ClientOrderId, OrderIntent, Recorded, RiskApproved } from "../orders/mod.ts";

/** What a step asks its driver to do, in order. */
export type Command =
  /** Write the intent down; the journal answers with a `recorded` event. `shrunk` says which rules made it smaller. */
  | { readonly kind: "record"; readonly order: RiskApproved<OrderIntent>; readonly shrunk: readonly Refusal[] }
  | { readonly kind: "submit"; readonly order: Recorded<RiskApproved<OrderIntent>> }
  | { readonly kind: "cancel"; readonly clientOrderId: ClientOrderId }
  /** Let an order rest at another price: the request as it is to be, under the name that it has. */
  | { readonly kind: "move"; readonly order: RiskApproved<OrderIntent> }
  | { readonly kind: "query"; readonly clientOrderId: ClientOrderId }
  /** The risk rules turned an order down: for the log, nothing is to be done. */
  | { readonly kind: "refused"; readonly order: OrderIntent; readonly refusal: Refusal }
  /** A FIFO pair was completed: for the trade table. */
  | { readonly kind: "closed"; readonly book: number; readonly lot: ClosedLot }
  /** Something that must not happen did; a person has to look. */
  | { readonly kind: "alarm"; readonly code: string; readonly message: string };
