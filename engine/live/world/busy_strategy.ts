import { BaseStrategy, type DecisionContext, defineStrategy, limitAt, number, percent } from "../../strategies/mod.ts";
import { hashText, keyedRandom } from "../../time/mod.ts";

/** Wants something new on about this share of the candles. */
const SHARE_OF_CANDLES = 0.35;

/** Trades for the sake of trading: all kinds of wishes, drawn from the candle's moment, so that every one is repeatable. */
class BusyStrategy extends BaseStrategy {
  readonly series = [];
  readonly #seed: number;

  constructor(seed: number) {
    super();
    this.#seed = seed;
  }

  override identity(): unknown {
    return { busy: this.#seed };
  }

  decide(context: DecisionContext): void {
    const draw = (what: string) => keyedRandom(this.#seed, hashText(what), context.closeTimeMs);
    if (draw("any") > SHARE_OF_CANDLES) return;
    const wish = draw("wish"), { position, close, entryPending } = context;
    if (entryPending) {
      if (wish < 0.4) context.withdraw();
      else if (wish < 0.7) context.amend({ at: limitAt(close * (1 - 0.001 * draw("near"))) });
      return;
    }
    const stop = percent(0.2 + draw("stop"));
    if (position === 0) {
      if (wish < 0.5) context.buy({ stop, ...(draw("aims") < 0.5 ? { target: percent(0.3) } : {}) });
      else context.buy({ at: limitAt(close * (1 - 0.002 * draw("near"))), stop });
      return;
    }
    if (wish < 0.35) context.exit("enough");
    else if (wish < 0.5) context.reduce({ fraction: 0.3 + 0.4 * draw("part") });
    else if (wish < 0.7) context.protect({ stop });
    else if (wish < 0.85) context.targetFraction(0.05 + 0.2 * draw("target"), { stop });
    else context.buy({ stop });
  }
}

export const busyStrategy = defineStrategy({
  id: "busy",
  params: { seed: number({ default: 1, min: 0, max: 4_294_967_295 }) },
  create: ({ seed }) => new BusyStrategy(seed),
});
