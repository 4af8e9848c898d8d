import {
  BaseStrategy,
  type DecisionContext,
  defineStrategy,
  limitAt,
  number,
  percent,
} from "../../engine/strategies/mod.ts";
import { hashText, keyedRandom } from "../../engine/time/mod.ts";

/** Has something to do at nearly every candle, so that a short run passes every place of the trading path. */
class EagerStrategy extends BaseStrategy {
  readonly series = [];
  readonly #seed: number;

  constructor(seed: number) {
    super();
    this.#seed = seed;
  }

  override identity(): unknown {
    return { eager: this.#seed };
  }

  decide(context: DecisionContext): void {
    const draw = (what: string) => keyedRandom(this.#seed, hashText(what), context.closeTimeMs);
    const wish = draw("wish"), { position, close, entryPending } = context, stop = percent(0.3 + draw("stop"));
    if (entryPending) return wish < 0.7 ? context.withdraw() : undefined;
    if (position === 0) {
      return wish < 0.5
        ? context.buy({ stop })
        : context.buy({ at: limitAt(close * (1 - 0.001 * draw("near"))), stop });
    }
    if (wish < 0.5) context.exit("enough");
    else if (wish < 0.65) context.reduce({ fraction: 0.5 });
    else if (wish < 0.85) context.protect({ stop });
  }
}

/** Trades without need, and the same on the same candles. */
export const eagerStrategy = defineStrategy({
  id: "eager",
  params: { seed: number({ default: 1, min: 0, max: 4_294_967_295 }) },
  create: ({ seed }) => new EagerStrategy(seed),
});
