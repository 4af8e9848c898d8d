// Test support only: a strategy that asks for anything that a strategy can ask for, at random.
import {
  atPrice,
  BaseStrategy,
  type DecisionContext,
  distance,
  type EntryOptions,
  type EntryPlace,
  type EntryPrice,
  ifTouched,
  limitAt,
  percent,
  type Protection,
  type RequestTerms,
  roi,
  stopAt,
  stopLimit,
  stopLimitAt,
  touchAt,
  trailingAtr,
  trailingDistance,
  trailingPercent,
} from "../strategies/mod.ts";
import type { PlainSizing } from "../orders/mod.ts";
import { atr, sma } from "../indicators/mod.ts";
import { close } from "../series/mod.ts";
import { Drawn } from "./drawn.ts";

/** By how much an account's prices, quantities and amounts of quote units are larger than those of the one that was drawn. */
export interface Scale {
  readonly price: number;
  readonly quantity: number;
  readonly quote: number;
}

const HOUR_MS = 3_600_000;

/** Its choices hang on the seed, its name and the candle that it sees, and on nothing else. */
export class RestlessStrategy extends BaseStrategy {
  readonly series = [sma(close, 3), atr(3)];

  constructor(readonly seed: number, readonly name: string, readonly scale: Scale, readonly actingShare: number) {
    super();
  }

  decide(context: DecisionContext): void {
    const seen = Math.round(context.close / this.scale.price * 1e4);
    const drawn = new Drawn(this.seed ^ seen, this.name + context.side, context.openTimeMs);
    const count = drawn.chance(this.actingShare) ? drawn.whole(1, 2) : 0;
    context.memory.asked = ((context.memory.asked as number | undefined) ?? 0) + count;
    for (let i = 0; i < count; i++) this.#ask(context, drawn);
  }

  #ask(context: DecisionContext, drawn: Drawn): void {
    const held = context.position !== 0;
    const waits = context.entryPending && drawn.chance(0.4);
    if (waits) {
      if (drawn.chance(0.2)) return context.withdraw();
      const at = this.#place(context, drawn), sizing = drawn.chance(0.3) ? this.#sizing(drawn) : undefined;
      return context.amend({ at, ...(sizing ? { sizing } : {}), ...(drawn.chance(0.3) ? { leg: 1 } : {}) });
    }
    if (!held || drawn.chance(0.25)) {
      if (drawn.chance(0.15)) return this.#askForOne(context, drawn);
      const options = this.#entry(context, drawn), buys = drawn.chance(context.side === "short" ? 0.2 : 0.65);
      return buys ? context.buy(options) : context.sell(options);
    }
    switch (drawn.whole(0, 7)) {
      case 0:
        return context.exit("exit");
      case 1:
        return context.exit({ at: this.#waitingPrice(context, drawn), ...this.#expiry(context, drawn) });
      case 2:
        return context.reduce({ fraction: drawn.of([0.25, 0.5, 1]), ...this.#terms(context, drawn, null) });
      case 3: {
        const at = this.#waitingPrice(context, drawn);
        return context.reduce({ units: this.#units(drawn), at, ...this.#terms(context, drawn, at) });
      }
      case 4:
        return context.protect({
          ...(drawn.chance(0.7) ? { stop: this.#stop(context, drawn) } : {}),
          ...(drawn.chance(0.5) ? { target: this.#target(context, drawn) } : {}),
        });
      case 5:
        return context.reverse(drawn.chance(0.5) ? {} : { stop: percent(3) });
      case 6:
        return context.targetFraction(drawn.of([-0.5, 0, 0.3, 0.8]), { bandFraction: drawn.of([0, 0.05]) });
      default:
        return context.targetUnits(this.#units(drawn) * drawn.of([-1, 1, 1]), { stop: percent(2) });
    }
  }

  #askForOne(context: DecisionContext, drawn: Drawn): void {
    context.oco(Array.from({ length: drawn.whole(2, 3) }, () => {
      const { at: _, timeInForce: __, leg: ___, ...options } = this.#entry(context, drawn);
      const { postOnly: _only, display: _display, ...rest } = options;
      return { ...rest, side: drawn.of(["buy", "buy", "sell"] as const), at: this.#place(context, drawn) };
    }));
  }

  #place(context: DecisionContext, drawn: Drawn): EntryPlace {
    if (drawn.chance(0.8)) return this.#waitingPrice(context, drawn);
    return drawn.of([
      trailingPercent(drawn.whole(1, 3)),
      trailingPercent(3, { activation: 1, then: 1 }),
      trailingDistance(this.scale.price),
      trailingAtr(drawn.whole(1, 2), 3),
    ]);
  }

  #entry(context: DecisionContext, drawn: Drawn): EntryOptions {
    const at = drawn.chance(0.4) ? null : this.#place(context, drawn);
    const stop = drawn.chance(0.6) ? this.#stop(context, drawn) : null;
    const target = drawn.chance(0.5) ? this.#target(context, drawn) : null;
    const sizing = drawn.chance(0.4)
      ? undefined
      : stop !== null && drawn.chance(0.2)
      ? { kind: "risk-per-trade" as const, fraction: 0.01 }
      : this.#sizing(drawn);
    return {
      ...(at === null ? {} : { at }),
      ...(sizing === undefined ? {} : { sizing }),
      ...(stop === null ? {} : { stop }),
      ...(target === null ? {} : { target }),
      ...(drawn.chance(0.2)
        ? { targets: [{ at: percent(1), fraction: 0.4 }, { at: percent(2.5), fraction: 0.3, reason: "second" }] }
        : {}),
      ...(drawn.chance(0.3) ? { leg: drawn.whole(1, 2) } : {}),
      ...this.#terms(context, drawn, at),
    };
  }

  #waitingPrice({ close }: DecisionContext, drawn: Drawn): EntryPrice {
    const price = close * (1 + drawn.whole(-30, 30) / 1_000);
    switch (drawn.whole(0, 5)) {
      case 0:
        return stopAt(price);
      case 1:
        return stopLimitAt(price, price * (1 + drawn.whole(-10, 10) / 1_000));
      case 2:
        return touchAt(price);
      default:
        return limitAt(price);
    }
  }

  #terms(context: DecisionContext, drawn: Drawn, at: EntryPlace | null): RequestTerms {
    const kind = at?.kind ?? "market", isLimit = kind === "limit";
    const timeInForce = kind === "market" || isLimit ? drawn.of(["GTC", "GTC", "GTC", "IOC", "FOK"] as const) : "GTC";
    return {
      ...(timeInForce === "GTC" ? {} : { timeInForce }),
      ...(isLimit && timeInForce === "GTC" && drawn.chance(0.25) ? { postOnly: true } : {}),
      ...(isLimit && drawn.chance(0.2) ? { display: drawn.whole(1, 3) * this.scale.quantity } : {}),
      ...this.#expiry(context, drawn),
    };
  }

  #expiry({ closeTimeMs }: DecisionContext, drawn: Drawn): RequestTerms {
    if (drawn.chance(0.8)) return {};
    return { expires: drawn.chance(0.3) ? "day" : closeTimeMs + drawn.whole(1, 4) * HOUR_MS / 2 };
  }

  #units(drawn: Drawn): number {
    return drawn.of([1, 2, 3, 5, 9, 0.5, 40]) * this.scale.quantity;
  }

  #sizing(drawn: Drawn): PlainSizing {
    switch (drawn.whole(0, 3)) {
      case 0:
        return { kind: "equity-fraction", fraction: drawn.of([0.1, 0.3, 0.9, 2]) };
      case 1:
        return { kind: "fixed-notional", notionalQuote: drawn.of([150, 700]) * this.scale.quote };
      default:
        return { kind: "units", units: this.#units(drawn) };
    }
  }

  #stop({ close }: DecisionContext, drawn: Drawn): Protection {
    switch (drawn.whole(0, 8)) {
      case 0:
        return trailingPercent(drawn.whole(1, 5));
      case 8:
        return trailingAtr(drawn.whole(1, 3), 3);
      case 1:
        return trailingPercent(drawn.whole(3, 6), { activation: drawn.whole(0, 3), then: drawn.whole(1, 2) });
      case 2:
        return trailingDistance(drawn.whole(1, 4) * this.scale.price);
      case 3:
        return distance(drawn.whole(1, 6) * this.scale.price);
      case 4:
        // It may well lie on the wrong side of the market.
        return atPrice(close * (1 + drawn.whole(-60, 60) / 1_000));
      case 5:
        return stopLimit(percent(drawn.whole(1, 4)), percent(drawn.of([0.1, 0.5])));
      default:
        return percent(drawn.whole(1, 8));
    }
  }

  #target({ close }: DecisionContext, drawn: Drawn): Protection {
    switch (drawn.whole(0, 4)) {
      case 0:
        return ifTouched(percent(drawn.whole(1, 4)));
      case 1:
        return atPrice(close * (1 + drawn.whole(-40, 40) / 1_000));
      case 2:
        return roi({ 0: 0.03, 60: 0.02, 150: 0.005, 300: 0 });
      default:
        return percent(drawn.whole(1, 6));
    }
  }
}
