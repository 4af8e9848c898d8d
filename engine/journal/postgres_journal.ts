import { CommitUnknown, type Database, inTransaction, type Transaction } from "../database/mod.ts";
import type {
  Adjustment,
  Fill,
  FillVerdict,
  JournalState,
  OrderIntent,
  OrderJournal,
  OrderStep,
  Recorded,
  RiskApproved,
} from "../orders/mod.ts";
import { journalState } from "./read_orders.ts";
import { isRecorded, recordAdjustment, recordFill, recordIntent, recordStep, verdictOf } from "./record_order.ts";
import type { Scope } from "./scope.ts";

/** The journal of one session in PostgreSQL: each call is one transaction, and answers when it is committed. */
export class PostgresJournal implements OrderJournal {
  readonly #sql: Database["sql"];

  constructor(database: Pick<Database, "sql">, readonly scope: Scope) {
    this.#sql = database.sql;
  }

  async record(order: RiskApproved<OrderIntent>): Promise<Recorded<RiskApproved<OrderIntent>>> {
    await inTransaction(this.#sql, (tx) => recordIntent(tx, this.scope, order), {
      settle: async (tx) => await isRecorded(tx, this.scope.account, order) ? null! : undefined,
    });
    return order as Recorded<RiskApproved<OrderIntent>>;
  }

  step(step: OrderStep): Promise<boolean> {
    return this.#repeatable((tx) => recordStep(tx, this.scope, step));
  }

  fill(fill: Fill): Promise<FillVerdict> {
    return inTransaction(this.#sql, (tx) => recordFill(tx, this.scope, fill), {
      settle: (tx) => verdictOf(tx, this.scope, fill.tradeId),
    });
  }

  adjust(adjustment: Adjustment): Promise<boolean> {
    return this.#repeatable((tx) => recordAdjustment(tx, this.scope, adjustment));
  }

  state(): Promise<JournalState> {
    return inTransaction(this.#sql, (tx) => journalState(tx, this.scope.account), {
      isolation: "repeatable read",
      readOnly: true,
    });
  }

  /** What may be done twice without harm is simply done again where nobody knows what became of it. */
  async #repeatable<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    try {
      return await inTransaction(this.#sql, work);
    } catch (error) {
      if (error instanceof CommitUnknown) return await inTransaction(this.#sql, work);
      throw error;
    }
  }
}
