// The chain of proofs that an order needs before it may leave: RiskApproved, then Recorded. Only risk/approve.ts and an
// implementation of Journal may make these types; no flag skips a link.

declare const riskApprovedBrand: unique symbol;
declare const recordedBrand: unique symbol;

/** Checked by the risk rules against the state of the account at that moment (invariant I8). */
export type RiskApproved<T> = T & { readonly [riskApprovedBrand]: true };

/** Written down durably before any byte of it leaves (invariant I1). */
export type Recorded<T> = T & { readonly [recordedBrand]: true };
