/** As a run's manifest names its one strategy, or several on one account. */
export interface NamedStrategies {
  readonly strategy?: string;
  readonly strategies?: readonly { readonly id: string }[];
}

/** A run's strategies as titles and tables name them: `sma-cross`, or `breakout + trend`. */
export function strategyTitle({ strategy, strategies = [] }: NamedStrategies): string {
  return strategy ?? strategies.map(({ id }) => id).join(" + ");
}
