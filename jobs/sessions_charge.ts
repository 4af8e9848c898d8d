// Sessions that are asked for by command rows, as `start` keeps them. What trades is loaded when it starts, so that a start
// that keeps none has loaded no venue.
import type { Database } from "../engine/database/mod.ts";
import type { Notice } from "../engine/notifications/mod.ts";
import type { Vault } from "../engine/security/mod.ts";
import type { Settings } from "../engine/settings/mod.ts";
import type { Charge, ChargeFailure, ChargeState } from "./supervisor.ts";

/** What they are kept with. */
export interface SessionsOptions {
  readonly settings: Settings;
  readonly open: () => Promise<Database>;
  readonly openVault: (() => Promise<Vault>) | null;
  readonly tell: (notice: Notice) => void;
  readonly onFailure: (failure: ChargeFailure) => void;
}

/** The charge, and how the processes of its sessions are doing. */
export function sessionsCharge({ open, ...parts }: SessionsOptions): Charge & { readonly states: () => ChargeState[] } {
  let states: () => ChargeState[] = () => [];
  return {
    name: "sessions",
    isAside: true,
    states: () => states(),
    async start() {
      const { SessionDesk } = await import("./trading/session_desk.ts");
      const database = await open(), stop = new AbortController();
      const desk = new SessionDesk({ ...parts, sql: database.sql });
      states = () => desk.states;
      const ended = desk.run(stop.signal).catch((error: Error) => error.message).finally(() => database.close());
      return {
        detail: `command rows are heard${parts.openVault === null ? "; accounts of venues need --unlocked" : ""}`,
        ended,
        async stop() {
          stop.abort();
          await ended;
        },
      };
    },
  };
}
