/** Weight in a minute of the machine that a venue allows at the speed of life, and the parts kept for orders and cancels. */
const LIMIT = { weight: 6_000, cancelWeight: 100, tradingWeight: 80 };

/**
 * What a loopback exchange allows whose time runs faster, and what a client of it keeps to: it counts by the machine's
 * time, and so much more happens in it.
 */
export function loopbackLimit(speed: number): typeof LIMIT {
  const times = Math.max(1, speed);
  return {
    weight: Math.floor(LIMIT.weight * times),
    cancelWeight: Math.floor(LIMIT.cancelWeight * times),
    tradingWeight: Math.floor(LIMIT.tradingWeight * times),
  };
}
