import { BaseStrategy, type DecisionContext, defineStrategy, limitAt, number, percent } from "../../strategies/mod.ts";
import { hashText, keyedRandom } from "../../time/mod.ts";

/** Wants something new on about this share of the candles. */
const SHARE_OF_CANDLES = 0.35;

/** A wild one orders by all terms, and fails, floods, wishes the same twice and what makes no sense on about this share of the candles, each. */
const SHARE_OF_BUGS = 0.001, FLOOD = 16;

/** Trades for the sake of trading: all kinds of wishes, drawn from the candle's moment, so that every one is repeatable. */
class BusyStrategy extends BaseStrategy {
  readonly series = [];
  readonly #seed: number;
  readonly #isWild: boolean;

  constructor(seed: number, isWild: boolean) {
    super();
    this.#seed = seed;
    this.#isWild = isWild;
  }

  override identity(): unknown {
    return { busy: this.#seed, wild: this.#isWild };
  }

  decide(context: DecisionContext): void {
    const draw = (what: string) => keyedRandom(this.#seed, hashText(what), context.closeTimeMs);
    if (this.#isWild && this.#goesWild(context, draw("bug"))) return;
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
      else if (wish < 0.9 || !this.#isWild) context.buy({ at: limitAt(close * (1 - 0.002 * draw("near"))), stop });
      else if (wish < 0.95) context.buy({ at: limitAt(close * (1 + 0.001 * draw("over"))), postOnly: true, stop });
      else context.buy({ at: limitAt(close * (1 - 0.000_1 * draw("near"))), timeInForce: "IOC", stop });
      return;
    }
    if (wish < 0.35) context.exit("enough");
    else if (wish < 0.5) context.reduce({ fraction: 0.3 + 0.4 * draw("part") });
    else if (wish < 0.7) context.protect({ stop });
    else if (wish < 0.85) context.targetFraction(0.05 + 0.2 * draw("target"), { stop });
    else context.buy({ stop });
  }

  /** What a strategy with a bug does; true where it has done it. */
  #goesWild(context: DecisionContext, drawn: number): boolean {
    const stop = percent(0.5), { close } = context;
    switch (Math.floor(drawn / SHARE_OF_BUGS)) {
      case 0:
        throw new Error("the strategy has a bug");
      case 1:
        for (let leg = 0; leg < FLOOD; leg++) {
          context.buy({ at: limitAt(close * (1 - 0.001 * leg)), fraction: 1 / FLOOD, leg, stop });
        }
        return true;
      case 2:
        context.buy({ at: limitAt(close * 0.998), stop });
        context.buy({ at: limitAt(close * 0.998), stop });
        return true;
      case 3:
        // As what comes from elsewhere may ask for it: a model, another process.
        context.request({
          kind: "enter",
          side: "buy",
          at: { kind: "limit", price: NONSENSE[Math.floor(drawn * 1e6) % NONSENSE.length]! },
          sizing: null,
          stop,
          target: null,
          reason: "nonsense",
        });
        return true;
      default:
        return false;
    }
  }
}

const NONSENSE = [NaN, 0, -1, Infinity];

export const busyStrategy = defineStrategy({
  id: "busy",
  params: { seed: number({ default: 1, min: 0, max: 4_294_967_295 }), wild: number({ default: 0, min: 0, max: 1 }) },
  create: ({ seed, wild }) => new BusyStrategy(seed, wild === 1),
});
