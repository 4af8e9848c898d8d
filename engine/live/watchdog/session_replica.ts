// A session as the journal has it, followed by somebody who only reads.
import { inTransaction, type Sql, type Transaction } from "../../database/mod.ts";
import { type CodedError, isCodedError } from "../../errors/mod.ts";
import { countInputs, knownOrders, readInputs, readSessionLog } from "../../journal/mod.ts";
import type { ClientOrderId } from "../../orders/mod.ts";
import type { Trader, TraderConfig } from "../../trader/mod.ts";
import { readInput } from "../session_input.ts";
import { replayInputs, resumedTrader } from "../trading_session.ts";

/** What the database says at one moment. */
export interface DatabaseLook {
  /** True while somebody holds the account's lease. */
  readonly isLed: boolean;
  readonly holder: string;
  /** Of the last holder; 0 where there was none. */
  readonly epoch: number;
  readonly hasEnded: boolean;
  /** Which of the orders that were asked for the journal has. */
  readonly known: ReadonlySet<string>;
  /** Why the session cannot be followed, as where its strategy was changed since; null where it can. */
  readonly lost: CodedError | null;
}

type LeaseLook = Omit<DatabaseLook, "known" | "lost">;

export interface ReplicaParts {
  readonly config: TraderConfig;
  readonly session: { readonly id: string; readonly account: string };
  readonly leaseName: string;
  /** @throws where the database is away. */
  readonly sql: () => Promise<Sql>;
}

/** Replays what a session takes in as it becomes durable. */
export class SessionReplica {
  readonly #parts: ReplicaParts;
  #trader: Trader | null = null;
  #length = 0;
  #lost: CodedError | null = null;

  constructor(parts: ReplicaParts) {
    this.#parts = parts;
  }

  /** The session's trader as far as it was read; null before the database has answered, and where it cannot be followed. */
  get trader(): Trader | null {
    return this.#trader;
  }

  /** Reads on. @throws where the database does not answer. */
  async look(names: readonly ClientOrderId[]): Promise<DatabaseLook> {
    const { session: { account } } = this.#parts, sql = await this.#parts.sql();
    return await inTransaction(sql, async (tx) => {
      // It will not be what decides here: who leads, and what the journal has, is told all the same.
      if (this.#lost === null) await this.#follow(tx).catch((error) => this.#lose(error));
      const known = names.length === 0 ? new Set<string>() : await knownOrders(tx, account, names);
      return { ...await this.#lease(tx), known, lost: this.#lost };
    }, { isolation: "repeatable read", readOnly: true, patienceMs: 0 });
  }

  #lose(error: unknown): void {
    if (!isCodedError(error) || error.code !== "session-differs") throw error;
    this.#lost = error;
    this.#trader = null;
  }

  async #lease(tx: Transaction): Promise<LeaseLook> {
    const { session: { id }, leaseName } = this.#parts;
    const [row] = await tx<LeaseLook[]>`
      select coalesce(l.expires_at > clock_timestamp(), false) as "isLed", coalesce(l.holder, '') as holder,
        coalesce(l.epoch, 0) as epoch, s.ended_at_ms is not null as "hasEnded"
      from sessions s left join leases l on l.name = ${leaseName} where s.id = ${id}`;
    // A session that retention has taken away has ended long ago.
    return row ?? { isLed: false, holder: "", epoch: 0, hasEnded: true };
  }

  async #follow(tx: Transaction): Promise<void> {
    const { session: { id }, config } = this.#parts;
    // A database that was restored may have less than it had.
    if (this.#trader === null || await countInputs(tx, id) < this.#length) {
      const { snapshot, inputs } = await readSessionLog(tx, id);
      this.#trader = resumedTrader(config, snapshot, inputs.map(readInput));
      this.#length = (snapshot?.after ?? 0) + inputs.length;
      return;
    }
    const inputs = await readInputs(tx, id, this.#length);
    replayInputs(this.#trader, inputs.map(readInput));
    this.#length += inputs.length;
  }
}
