// Trading sessions, the commands that people and programs ask of them, and what was proven about them.
import { CodedError } from "../errors/mod.ts";
import { identityOf } from "../identity/mod.ts";
import type { Transaction } from "../database/mod.ts";

/** A trading session as it begins. */
export interface NewSession {
  readonly id: string;
  readonly account: string;
  /** `paper`, `live` … */
  readonly mode: string;
  readonly epoch: number;
  readonly startedAtMs: number;
  /** What it trades by, as JSON. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Begins a session; nothing where it has begun. */
export async function startSession(tx: Transaction, session: NewSession): Promise<void> {
  const { id, account, mode, epoch, startedAtMs, settings } = session;
  await tx`insert into sessions (id, account, mode, epoch, started_at_ms, settings)
    values (${id}, ${account}, ${mode}, ${epoch}, ${startedAtMs}, ${tx.json(settings as never)})
    on conflict (id) do nothing`;
}

/** Ends a session; the first end counts. */
export async function endSession(tx: Transaction, id: string, endedAtMs: number, reason: string): Promise<void> {
  await tx`update sessions set ended_at_ms = ${endedAtMs}, end_reason = ${reason}
    where id = ${id} and ended_at_ms is null`;
}

/** What is asked of a session: start, stop, pause, kill … */
export interface NewCommand {
  /** The asker's own key: the same command twice is one (fault 14). */
  readonly id: string;
  readonly account: string;
  readonly kind: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly askedBy: string;
  readonly askedAtMs: number;
}

/** Asks for something; false where the same was asked before. Whoever listens on `commands` is told at the commit. */
export async function askCommand(tx: Transaction, command: NewCommand): Promise<boolean> {
  const { id, account, kind, body, askedBy, askedAtMs } = command;
  const inserted = await tx`insert into commands (id, account, kind, body, state, asked_by, asked_at_ms)
    values (${id}, ${account}, ${kind}, ${tx.json(body as never)}, 'asked', ${askedBy}, ${askedAtMs})
    on conflict (id) do nothing`;
  if (inserted.count === 0) return false;
  await tx`select pg_notify('commands', ${account})`;
  return true;
}

/** Who takes a command. */
export interface CommandTaker {
  readonly account: string;
  readonly takenBy: string;
  readonly nowMs: number;
  /** Only these; null or absent: whatever waits. */
  readonly kinds?: readonly string[] | null;
}

/** Takes a command that waits, so that nobody else takes it: a kill before all others, then the oldest; null without any. */
export async function takeCommand(
  tx: Transaction,
  { account, takenBy, nowMs, kinds = null }: CommandTaker,
): Promise<NewCommand | null> {
  const [row] = await tx<NewCommand[]>`
    update commands set state = 'taken', taken_by = ${takenBy}, taken_at_ms = ${nowMs}
    where id = (
      select id from commands where account = ${account} and state = 'asked'
        and (${kinds as string[] | null}::text[] is null or kind = any(${kinds as string[] | null}::text[]))
      order by kind <> 'kill', asked_at_ms, id limit 1 for update skip locked
    )
    returning id, account, kind, body, asked_by as "askedBy", asked_at_ms as "askedAtMs"`;
  return row ?? null;
}

/** A kind of command that is not carried out twice. */
export interface OnceOnly {
  readonly kind: string;
  /** What its asker is told. */
  readonly answer: unknown;
  readonly nowMs: number;
}

/**
 * Asks once more for what was taken and never answered. Only for who alone takes the account's commands, and works on none
 * now: whoever had taken them has died, or could not write what came of them.
 *
 * @param once Refused in place of that.
 */
export async function askAgain(tx: Transaction, account: string, once: OnceOnly | null = null): Promise<void> {
  if (once !== null) {
    const { kind, answer, nowMs } = once;
    await tx`update commands set state = 'refused', answer = ${tx.json(answer as never)}, ended_at_ms = ${nowMs}
      where account = ${account} and state = 'taken' and kind = ${kind}`;
  }
  await tx`update commands set state = 'asked', taken_by = null, taken_at_ms = null
    where account = ${account} and state = 'taken'`;
}

/** Says what became of a command that was taken. */
export async function endCommand(
  tx: Transaction,
  id: string,
  end: { readonly state: "done" | "refused"; readonly answer: unknown; readonly nowMs: number },
): Promise<void> {
  const ended = await tx`update commands set state = ${end.state}, answer = ${tx.json(end.answer as never)},
    ended_at_ms = ${end.nowMs} where id = ${id} and state = 'taken'`;
  if (ended.count === 0) throw new CodedError("command-state", `the command ${id} has not been taken, or has ended`);
}

/** Keeps what was proven about a session, under its hash. Of one that went on since, the newer one stays. */
export async function keepCertificate(
  tx: Transaction,
  { sessionId, madeAtMs, body }: { readonly sessionId: string; readonly madeAtMs: number; readonly body: unknown },
): Promise<string> {
  const hash = identityOf(body);
  await tx`insert into certificates (session_id, hash, made_at_ms, body)
    values (${sessionId}, ${hash}, ${madeAtMs}, ${tx.json(body as never)})
    on conflict (session_id) do update
    set hash = excluded.hash, made_at_ms = excluded.made_at_ms, body = excluded.body
    where certificates.hash <> excluded.hash and certificates.made_at_ms <= excluded.made_at_ms`;
  return hash;
}
