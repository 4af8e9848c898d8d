// The sessions that `deno task start` keeps: begun, taken up and ended by command rows of the journal.
import { hostname } from "node:os";
import {
  acquireLease,
  inTransaction,
  isHeld,
  type Lease,
  releaseLease,
  renewLease,
  type Sql,
} from "../../engine/database/mod.ts";
import { isCodedError } from "../../engine/errors/mod.ts";
import { endCommand, endSession, type NewCommand, takeCommand } from "../../engine/journal/mod.ts";
import type { Notice } from "../../engine/notifications/mod.ts";
import type { Vault } from "../../engine/security/mod.ts";
import type { Settings } from "../../engine/settings/mod.ts";
import { pause, systemClock } from "../../engine/time/mod.ts";
import { SystemScheduler } from "../../engine/live/mod.ts";
import { note } from "../output.ts";
import { type ChargeFailure, type ChargeState, Supervisor } from "../supervisor.ts";
import { beginSession, type BegunSession } from "./begun_session.ts";
import { failingText } from "./live_start.ts";
import { endingWith } from "./session_charge.ts";
import { DESK_LEASE, START_DESK } from "./session_commands.ts";
import { sessionSettings } from "./session_settings.ts";
import { checkedWish, type SessionWish } from "./session_wish.ts";

/** What it works with. */
export interface SessionDeskParts {
  readonly sql: Sql;
  readonly settings: Settings;
  /** Null: it was not given what opens the vault, and begins sessions on paper only. */
  readonly openVault: (() => Promise<Vault>) | null;
  readonly tell: (notice: Notice) => void;
  readonly onFailure: (failure: ChargeFailure) => void;
}

interface Kept {
  readonly session: BegunSession;
  readonly stop: AbortController;
  readonly supervisor: Supervisor;
  readonly ended: Promise<void>;
}

/** True once the process that trades it is not started again any more; its watchdog goes on. */
function isDown({ supervisor }: Kept): boolean {
  return supervisor.states[0]!.state === "down";
}

const LOOK_MS = 500, LEASE_MS = 3_000, RENEW_MS = LEASE_MS / 3;

/** Works on the rows, one desk at a time on each database. */
export class SessionDesk {
  readonly #kept = new Map<string, Kept>();
  readonly #real = new SystemScheduler();
  #lease: Lease | null = null;

  constructor(readonly parts: SessionDeskParts) {}

  /** How the processes of its sessions are doing. */
  get states(): ChargeState[] {
    return [...this.#kept.values()].flatMap(({ supervisor }) => supervisor.states);
  }

  /** Works until it is told to stop; what it keeps stops with it, and is taken up by the next. Gives why it ended. */
  async run(stop: AbortSignal): Promise<string> {
    const holder = `${hostname()} process ${Deno.pid}`, ended = new AbortController();
    try {
      while (!stop.aborted && !await this.#acquire(holder)) await pause(this.#real, RENEW_MS);
      this.#renewLater(ended.signal);
      if (!stop.aborted) await this.#takeUp();
      while (!stop.aborted) {
        if (this.#lease === null) return "another start works on the sessions of this database";
        await this.#work(holder);
        await pause(this.#real, LOOK_MS);
      }
      return "it was stopped";
    } finally {
      ended.abort();
      await Promise.all([...this.#kept.values()].map((kept) => this.#let(kept)));
      const lease = this.#lease;
      if (lease !== null) await inTransaction(this.parts.sql, (tx) => releaseLease(tx, lease)).catch(() => {});
    }
  }

  /** True where this desk is the one that works from now on. */
  async #acquire(holder: string): Promise<boolean> {
    const lease = await inTransaction(
      this.parts.sql,
      (tx) => acquireLease(tx, { name: DESK_LEASE, holder, ttlMs: LEASE_MS }),
    );
    this.#lease = isHeld(lease) ? lease : null;
    return this.#lease !== null;
  }

  /** Beside the work, which may take longer than the lease lasts. */
  #renewLater(ended: AbortSignal): void {
    this.#real.after(RENEW_MS, async () => {
      const before = this.#lease;
      if (ended.aborted || before === null) return;
      try {
        this.#lease = await inTransaction(this.parts.sql, (tx) => renewLease(tx, before, LEASE_MS));
      } catch (error) {
        // While the database is away no row comes in, and the sessions' own leases decide what they may do.
        if (isCodedError(error) && error.code === "lease-lost") this.#lease = null;
      }
      this.#renewLater(ended);
    });
  }

  /** Goes on with what a desk before has left: rows that it had taken, sessions that it kept. */
  async #takeUp(): Promise<void> {
    const { sql } = this.parts;
    await sql`update commands set state = 'asked', taken_by = null, taken_at_ms = null
      where account = ${START_DESK} and state = 'taken'`;
    const rows = await sql<{ id: string; mode: string; settings: unknown }[]>`
      select id, mode, settings from sessions
      where ended_at_ms is null and settings->>'askedBy' is not null order by started_at_ms`;
    for (const { id, mode, settings } of rows) {
      const { askedBy } = sessionSettings(settings);
      const [row] = await sql<{ body: unknown }[]>`select body from commands where id = ${askedBy}`;
      if (mode === "paper" || row === undefined) {
        const reason = mode === "paper"
          ? "its exchange ended with the start that kept it"
          : "nobody asks for it any more";
        await this.#end(id, reason);
      } else {
        const answer = await this.#begin(checkedWish(row.body), askedBy!, true);
        note(`session ${id} ${answer.state === "done" ? "is taken up" : `is not taken up: ${answer.answer}`}`);
      }
    }
  }

  async #work(holder: string): Promise<void> {
    const { sql } = this.parts, down = [...this.#kept.values()].filter(isDown);
    try {
      const take = (account: string) =>
        inTransaction(sql, (tx) => takeCommand(tx, { account, takenBy: holder, nowMs: systemClock.now() }));
      for (let command = await take(START_DESK); command !== null; command = await take(START_DESK)) {
        await this.#answer(command, await this.#carryOut(command));
      }
      // Nobody else hears what is asked of a session whose process stays down.
      for (const kept of down) {
        const command = await take(kept.session.account);
        if (command !== null) await this.#answer(command, await this.#carryOutDown(kept, command));
      }
    } catch (error) {
      note(`command rows are not heard: ${(error as Error).message}; trying again`);
    }
  }

  async #answer(
    { id }: NewCommand,
    end: { readonly state: "done" | "refused"; readonly answer: unknown },
  ): Promise<void> {
    await inTransaction(this.parts.sql, (tx) => endCommand(tx, id, { ...end, nowMs: systemClock.now() }));
  }

  async #carryOut({ id, kind, body }: NewCommand) {
    if (kind !== "start") return { state: "refused", answer: `start does not know how to ${kind}` } as const;
    try {
      const [before] = await this.parts.sql<
        { id: string }[]
      >`select id from sessions where settings->>'askedBy' = ${id}`;
      if (before !== undefined) {
        return { state: "done", answer: `session ${before.id} has begun before` } as const;
      }
      return await this.#begin(checkedWish(body), id, false);
    } catch (error) {
      return { state: "refused", answer: (error as Error).message } as const;
    }
  }

  async #carryOutDown(kept: Kept, { kind }: NewCommand) {
    const { id } = kept.session;
    if (kind !== "stop") {
      return {
        state: "refused",
        answer: `the process of session ${id} stays down: start it again, or stop it`,
      } as const;
    }
    await this.#let(kept);
    await this.#end(id, "stopped by command");
    return { state: "done", answer: "it has ended" } as const;
  }

  /** @param goesOn True where the person who asked has typed the terms before. */
  async #begin(wish: SessionWish, askedBy: string, goesOn: boolean) {
    const { sql, settings, openVault, tell } = this.parts;
    const noVault = () =>
      Promise.reject(new Error("start was not given the vault: deno task unlock | deno task start --unlocked"));
    const begun = await beginSession(wish, {
      ...{ sql, settings, tell, askedBy, actor: `start for command ${askedBy}`, openVault: openVault ?? noVault },
      askTerms: (terms) => Promise.resolve(goesOn ? terms : wish.terms ?? ""),
    });
    if (begun.kind === "refused") {
      return {
        state: "refused",
        answer: failingText({ account: wish.account!, mode: wish.mode }, begun.failing),
      } as const;
    }
    await this.#keep(begun);
    note(`session ${begun.id} ${begun.about}`);
    return { state: "done", answer: `session ${begun.id} has begun: ${begun.about}` } as const;
  }

  async #keep(session: BegunSession): Promise<void> {
    const { id, charges, ended } = session, stop = new AbortController();
    // Of a session that goes on: what watches it is still there where the process that traded stays down.
    const before = this.#kept.get(id);
    if (before !== undefined) await this.#let(before);
    const supervisor = new Supervisor(charges.map((charge) => endingWith(charge, stop)), {
      ...{ clock: systemClock, note, onFailure: this.parts.onFailure },
    });
    void ended.then(() => stop.abort());
    const kept: Kept = {
      ...{ session, stop, supervisor },
      ended: supervisor.run(stop.signal).then(async () => {
        await session.release();
        if (!isDown(kept) && this.#kept.get(id) === kept) this.#kept.delete(id);
      }),
    };
    this.#kept.set(id, kept);
  }

  async #let(kept: Kept): Promise<void> {
    kept.stop.abort();
    await kept.ended;
    this.#kept.delete(kept.session.id);
  }

  async #end(id: string, reason: string): Promise<void> {
    await inTransaction(this.parts.sql, (tx) => endSession(tx, id, systemClock.now(), reason));
  }
}
