import type { Series } from "../series/mod.ts";
import type { AllocationRule } from "./allocation_rule.ts";
import type { DecisionContext } from "./decision_context.ts";
import type { Schedule } from "./schedule.ts";

/**
 * A strategy that decides in code, candle by candle. What it must remember goes to `context.memory`, which is saved
 * with the trader's state; fields of the class are for constants only.
 */
export abstract class BaseStrategy {
  /** Series whose values arrive as `context.values`, in this order. */
  abstract readonly series: readonly Series[];

  /** When it may enter; always without one. */
  readonly schedule?: Schedule;

  /** How its equity is divided among all its markets, where it decides on them together; it need not decide on each then. */
  readonly allocation?: AllocationRule;

  /** Called once for each closed candle of its market. */
  abstract decide(context: DecisionContext): void;

  /** What makes two strategies different: here the code of the class and the series it reads. */
  identity(): unknown {
    const { allocation } = this, series = this.series.map((node) => node.toJSON());
    return { source: String(this.constructor), series, ...(allocation === undefined ? {} : { allocation }) };
  }
}
