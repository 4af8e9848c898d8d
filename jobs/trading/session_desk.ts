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
import { askAgain, endCommand, endSession, type NewCommand, takeCommand } from "../../engine/journal/mod.ts";
import type { Notice } from "../../engine/notifications/mod.ts";
import type { Vault } from "../../engine/security/mod.ts";
import type { Settings } from "../../engine/settings/mod.ts";
import { MINUTE_MS, pause, systemClock } from "../../engine/time/mod.ts";
import { KillSwitch, SystemScheduler } from "../../engine/live/mod.ts";
import { note } from "../output.ts";
import { type ChargeFailure, type ChargeState, Supervisor } from "../supervisor.ts";
import { beginSession, type BegunSession } from "./begun_session.ts";
import { failingText } from "./live_start.ts";
import { endingWith } from "./session_charge.ts";
import { DESK_LEASE, START_DESK } from "./session_commands.ts";
import { sessionSettings } from "./session_settings.ts";
import { checkedWish, type SessionWish } from "./session_wish.ts";
import { killedText } from "./killed_text.ts";
import { entriesLeft, leftText } from "./unled_end.ts";

/** What it works with. */
export interface SessionDeskParts {
  readonly sql: Sql;
  readonly settings: Settings;
  /** Null: it was not given what opens the vault, and begins sessions on paper only. */
  readonly openVault: (() => Promise<Vault>) | null;
  readonly tell: (notice: Notice) => void;
  readonly onFailure: (failure: ChargeFailure) => void;
  /** {@linkcode beginSession} unless stated. */
  readonly begin?: typeof beginSession;
}

interface Kept {
  readonly session: BegunSession;
  readonly stop: AbortController;
  readonly supervisor: Supervisor;
  readonly ended: Promise<void>;
}

/** A session that a desk before has kept, and this one could not take up yet. */
interface Waiting {
  readonly id: string;
  readonly autopilot: string;
  tries: number;
  /** Not before, by the monotonic clock. */
  nextMs: number;
  /** Why not, as it was told; null before the first try. */
  reason: string | null;
}

/** What came of a command. */
interface CommandEnd {
  readonly state: "done" | "refused";
  readonly answer: string;
  /** The session that ends with it. */
  readonly ends?: string;
}

/** True once the process that trades it is not started again any more; its watchdog goes on. */
function isDown({ supervisor }: Kept): boolean {
  return supervisor.states[0]!.state === "down";
}

const LOOK_MS = 500, LEASE_MS = 3_000, RENEW_MS = LEASE_MS / 3;
/** Between tries to take a session up: twice as long after each, since each looks at all that must hold. */
const RETRY_MS = 2_000, LONGEST_RETRY_MS = MINUTE_MS;

/** Works on the rows, one desk at a time on each database. */
export class SessionDesk {
  readonly #kept = new Map<string, Kept>();
  readonly #waiting = new Map<string, Waiting>();
  /** Accounts of which no row stays taken that nobody works on. */
  readonly #settled = new Set<string>();
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
      if (!stop.aborted) await this.#findLeft();
      while (!stop.aborted) {
        if (this.#lease === null) return "another start works on the sessions of this database";
        await this.#takeUp();
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

  /** Sessions that a desk before has kept. */
  async #findLeft(): Promise<void> {
    const rows = await this.parts.sql<{ id: string; autopilot: string }[]>`
      select id, settings->>'autopilot' as autopilot from sessions
      where ended_at_ms is null and settings->>'askedBy' is not null order by started_at_ms`;
    for (const row of rows) this.#waiting.set(row.id, { ...row, tries: 0, nextMs: 0, reason: null });
  }

  /** Goes on with them. What keeps one from it may be over in a moment: the venue was away, a lease was still held. */
  async #takeUp(): Promise<void> {
    for (const own of this.#waiting.values()) {
      if (performance.now() < own.nextMs) continue;
      const reason = await this.#takeUpOne(own).catch((error: Error) => error.message);
      if (reason === null) {
        this.#waiting.delete(own.id);
        continue;
      }
      own.nextMs = performance.now() + Math.min(LONGEST_RETRY_MS, RETRY_MS * 2 ** own.tries++);
      if (reason !== own.reason) note(`session ${own.id} is not taken up: ${reason}; trying again`);
      if (own.reason === null) {
        this.#tell("alarm", own, "is not taken up", `${reason}\n\nNobody trades or watches it. It is tried again.`);
      }
      own.reason = reason;
    }
  }

  /** Null where that is over: it is taken up, or has ended. */
  async #takeUpOne(own: Waiting): Promise<string | null> {
    const { sql } = this.parts, { id } = own;
    const [session] = await sql<{ mode: string; settings: unknown }[]>`
      select mode, settings from sessions where id = ${id} and ended_at_ms is null`;
    if (session === undefined) return null;
    if (session.mode === "paper") {
      await this.#end(id, "its exchange ended with the start that kept it");
      return null;
    }
    const askedBy = sessionSettings(session.settings).askedBy!;
    const [row] = await sql<{ body: unknown }[]>`select body from commands where id = ${askedBy}`;
    if (row === undefined) {
      await this.#end(id, "nobody asks for it any more");
      return null;
    }
    const { state, answer } = await this.#begin(checkedWish(row.body), askedBy, true);
    if (state === "refused") return answer;
    note(`session ${id} is taken up`);
    if (own.reason !== null) this.#tell("info", own, "is taken up", answer);
    return null;
  }

  #tell(severity: Notice["severity"], { id, autopilot }: Waiting, what: string, text: string): void {
    this.parts.tell({
      ...{ severity, kind: "session-taken-up", title: `${autopilot}: session ${id} ${what}`, text },
      ...{ atMs: systemClock.now(), subject: `${autopilot}, session ${id}` },
    });
  }

  async #work(holder: string): Promise<void> {
    const { sql } = this.parts, down = [...this.#kept.values()].filter(isDown);
    try {
      const take = (account: string) =>
        inTransaction(sql, async (tx) => {
          if (!this.#settled.has(account)) await askAgain(tx, account);
          return await takeCommand(tx, { account, takenBy: holder, nowMs: systemClock.now() });
        }).then((command) => (this.#settled.add(account), command));
      for (let command = await take(START_DESK); command !== null; command = await take(START_DESK)) {
        await this.#answer(command, await this.#carryOut(command));
      }
      // Nobody else hears what is asked of a session whose process stays down.
      for (const kept of down) {
        const command = await take(kept.session.account);
        if (command !== null) await this.#answer(command, await this.#carryOutDown(kept, command));
      }
    } catch (error) {
      this.#settled.clear();
      note(`command rows are not heard: ${(error as Error).message}; trying again`);
    }
  }

  async #answer({ id }: NewCommand, { state, answer, ends }: CommandEnd): Promise<void> {
    const nowMs = systemClock.now();
    await inTransaction(this.parts.sql, async (tx) => {
      if (ends !== undefined) await endSession(tx, ends, nowMs, "stopped by command");
      await endCommand(tx, id, { state, answer, nowMs });
    });
  }

  async #carryOut({ id, kind, body }: NewCommand): Promise<CommandEnd> {
    if (kind !== "start") return { state: "refused", answer: `start does not know how to ${kind}` };
    try {
      const [before] = await this.parts.sql<
        { id: string }[]
      >`select id from sessions where settings->>'askedBy' = ${id}`;
      if (before !== undefined) {
        return { state: "done", answer: `session ${before.id} has begun before` };
      }
      return await this.#begin(checkedWish(body), id, false);
    } catch (error) {
      return { state: "refused", answer: (error as Error).message };
    }
  }

  async #carryOutDown(kept: Kept, command: NewCommand): Promise<CommandEnd> {
    const { id } = kept.session;
    switch (command.kind) {
      case "stop":
        await this.#let(kept);
        return { state: "done", answer: `it has ended${leftText(await entriesLeft(this.parts.sql, id))}`, ends: id };
      case "kill": {
        // Its watchdog may still have something to close.
        const kill = new KillSwitch(this.parts.settings.dataDir), reason = `${command.askedBy}, command ${command.id}`;
        const order = { reason, flatten: command.body.flatten === true, atMs: systemClock.now() };
        return { state: "done", answer: await killedText(kill, order) };
      }
      default:
        return { state: "refused", answer: `the process of session ${id} stays down: start it again, or stop it` };
    }
  }

  /** @param goesOn True where the person who asked has typed the terms before. */
  async #begin(wish: SessionWish, askedBy: string, goesOn: boolean): Promise<CommandEnd> {
    const { sql, settings, openVault, tell, begin = beginSession } = this.parts;
    const noVault = () =>
      Promise.reject(new Error("start was not given the vault: deno task unlock | deno task start --unlocked"));
    const begun = await begin(wish, {
      ...{ sql, settings, tell, askedBy, actor: `start for command ${askedBy}`, openVault: openVault ?? noVault },
      askTerms: (terms) => Promise.resolve(goesOn ? terms : wish.terms ?? ""),
    });
    if (begun.kind === "refused") {
      return {
        state: "refused",
        answer: failingText({ account: wish.account!, mode: wish.mode }, begun.failing),
      };
    }
    await this.#keep(begun);
    note(`session ${begun.id} ${begun.about}`);
    return { state: "done", answer: `session ${begun.id} has begun: ${begun.about}` };
  }

  async #keep(session: BegunSession): Promise<void> {
    const { id, charges, ended } = session, stop = new AbortController();
    // Of a session that goes on: what watches it is still there where the process that traded stays down.
    const before = this.#kept.get(id);
    if (before !== undefined) await this.#let(before);
    this.#waiting.delete(id);
    // Its process takes the account's rows from here on.
    this.#settled.delete(session.account);
    const supervisor = new Supervisor(charges.map((charge) => endingWith(charge, stop)), {
      ...{ clock: systemClock, note, onFailure: this.parts.onFailure, command: "deno task autopilot start" },
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
