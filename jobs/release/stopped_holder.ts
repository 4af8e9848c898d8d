import { BaseStrategy, type DecisionContext, defineStrategy, percent } from "../../engine/strategies/mod.ts";

/** Far enough that it is not reached while somebody looks on. */
const STOP = percent(20);

class StoppedHolder extends BaseStrategy {
  readonly series = [];

  override identity(): unknown {
    return "stopped holder";
  }

  decide(context: DecisionContext): void {
    if (context.position === 0 && !context.entryPending && context.positionsClosed === 0) context.buy({ stop: STOP });
  }
}

/** Buys once and holds, with a stop at the venue: a position as a watchdog has it before its eyes. */
export const stoppedHolder = defineStrategy({ id: "stopped-holder", params: {}, create: () => new StoppedHolder() });
