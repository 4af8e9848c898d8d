// What `start` does with commands of its operator: it says how things are, and puts rows for the sessions that are meant into
// the journal, whoever keeps them.
import type { Database, Sql } from "../engine/database/mod.ts";
import type { CommandSink, LaneState, OperatorCommand } from "../engine/notifications/mod.ts";
import { type AuditPlace, tellAfterwards } from "./audit.ts";
import { drillText, lastKillDrill } from "./kill_drill_record.ts";
import type { ChargeState } from "./supervisor.ts";
import { systemClock } from "../engine/time/mod.ts";
import { readWatchRecord, watchText } from "./trading/watch_record.ts";
import { watchdogFolder } from "./watchdog_folder.ts";
import { askedOf, type RunningSession, runningSessions } from "./trading/session_commands.ts";

/** What it looks at. */
export interface OperatorDeskOptions {
  readonly processes: () => readonly ChargeState[];
  readonly channels: () => readonly LaneState[];
  readonly open: () => Promise<Database>;
  readonly place: AuditPlace;
}

/** So long a session may take to answer: the person waits. */
const ANSWER_MS = 8_000;

/** Says what runs and what does not, pauses and resumes sessions; a kill is told to the audit chain, after its switch was set. */
export function operatorDesk({ processes, channels, open, place }: OperatorDeskOptions): CommandSink {
  return {
    async handle(command) {
      const database = await open();
      try {
        const { sql } = database, { kind, by } = command;
        if (kind === "kill") {
          await tellAfterwards(sql, place, { action: "kill", subject: "all", actor: by });
          const sessions = await runningSessions(sql);
          return sessions.length === 0
            ? "There is no autopilot here: nothing else had to be stopped. The audit chain has it."
            : `${namesOf(sessions)} will see it within a second. The audit chain has it.`;
        }
        if (kind === "resume") {
          const subject = command.autopilot ?? "all";
          await tellAfterwards(sql, place, { action: "session.resume", subject, actor: by });
        }
        if (kind !== "status") return await askSessions(sql, command);
        const drill = drillText(await lastKillDrill(sql, place));
        const watched = (id: string) => watchText(readWatchRecord(watchdogFolder(place), id), systemClock.now());
        return statusText(processes(), channels(), await runningSessions(sql), watched, drill);
      } finally {
        await database.close();
      }
    },
  };
}

async function askSessions(sql: Sql, { kind, autopilot, by }: OperatorCommand): Promise<string> {
  const running = await runningSessions(sql);
  const meant = running.filter((own) => autopilot === null || own.autopilot === autopilot);
  if (meant.length === 0) {
    const what = autopilot === null ? "no autopilot" : `no autopilot ${autopilot}`;
    return `There is ${what} here: nothing was ${kind}d.${
      running.length === 0 ? "" : ` There is ${namesOf(running)}.`
    }`;
  }
  const answers = await Promise.all(meant.map(async ({ autopilot, account }) => {
    const outcome = await askedOf(sql, { id: crypto.randomUUID(), account, kind, askedBy: by }, ANSWER_MS);
    return `${autopilot}: ${outcome === null ? `it has not answered in ${ANSWER_MS / 1_000} s` : outcome.answer}`;
  }));
  return answers.join("\n");
}

function namesOf(sessions: readonly RunningSession[]): string {
  return sessions.map(({ autopilot }) => autopilot).join(", ");
}

function statusText(
  processes: readonly ChargeState[],
  channels: readonly LaneState[],
  sessions: readonly RunningSession[],
  watched: (session: string) => string,
  drill: string,
): string {
  return [
    ...processes.map(({ name, state, restarts }) =>
      `${name}: ${state}${restarts === 0 ? "" : `, restarts: ${restarts}`}`
    ),
    ...channels.map(({ channel, waiting, delivered, lost, problem }) =>
      `notices by ${channel}: ${delivered} delivered, ${waiting} waiting, ${lost} lost${
        problem === null ? "" : `; ${problem}`
      }`
    ),
    ...sessions.flatMap(({ autopilot, id, mode, orders, fills, holder }) => [
      `${autopilot}: session ${id}, ${mode}, ${orders} orders, ${fills} fills, ${holder}`,
      `${autopilot}: ${watched(id)}`,
    ]),
    ...(sessions.length === 0 ? ["There is no autopilot here."] : []),
    drill,
  ].join("\n");
}
