// What `start` does with commands of its operator, as long as nothing trades: it says how things are.
import type { Database } from "../engine/database/mod.ts";
import type { CommandSink, LaneState } from "../engine/notifications/mod.ts";
import { type AuditPlace, tellAfterwards } from "./audit.ts";
import type { ChargeState } from "./supervisor.ts";

/** What it looks at. */
export interface OperatorDeskOptions {
  readonly processes: () => readonly ChargeState[];
  readonly channels: () => readonly LaneState[];
  readonly open: () => Promise<Database>;
  readonly place: AuditPlace;
}

/** Says what runs and what does not; a kill is told to the audit chain, after its file was written. */
export function operatorDesk({ processes, channels, open, place }: OperatorDeskOptions): CommandSink {
  return {
    async handle({ kind, by }) {
      if (kind === "status") return statusText(processes(), channels());
      if (kind !== "kill") return `There is no autopilot here: nothing was ${kind}d.`;
      const database = await open();
      try {
        await tellAfterwards(database.sql, place, { action: "kill", subject: "all", actor: by });
      } finally {
        await database.close();
      }
      return "There is no autopilot here: nothing else had to be stopped. The audit chain has it.";
    },
  };
}

function statusText(processes: readonly ChargeState[], channels: readonly LaneState[]): string {
  return [
    ...processes.map(({ name, state, restarts }) =>
      `${name}: ${state}${restarts === 0 ? "" : `, restarts: ${restarts}`}`
    ),
    ...channels.map(({ channel, waiting, delivered, lost, problem }) =>
      `notices by ${channel}: ${delivered} delivered, ${waiting} waiting, ${lost} lost${
        problem === null ? "" : `; ${problem}`
      }`
    ),
    "There is no autopilot here.",
  ].join("\n");
}
