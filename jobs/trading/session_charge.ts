// The process of a session, as who starts it keeps it.
import type { KeySecrets } from "../../engine/security/mod.ts";
import type { Notice } from "../../engine/notifications/mod.ts";
import type { Settings } from "../../engine/settings/mod.ts";
import { note } from "../output.ts";
import { processCharge, type ProcessOptions } from "../process_charge.ts";
import { databaseHosts, serviceHosts, tradingHosts } from "../service_hosts.ts";
import { settingsLine } from "../settings.ts";
import type { Charge } from "../supervisor.ts";
import { keyLine } from "./given_key.ts";
import type { LiveMode } from "./live_wish.ts";
import { watchdogFolder } from "../watchdog_folder.ts";
import { noticeIn } from "./session_notices.ts";

/** A session of an account at a venue. */
export interface LiveCharge {
  readonly mode: LiveMode;
  readonly venue: string;
  readonly exchangeUrl: string | null;
  /** Handed to each process that takes the session up. */
  readonly secrets: KeySecrets;
}

/** Whose session it is. */
export interface ChargedSession {
  /** Of the autopilot. */
  readonly name: string;
  readonly session: string;
  /** Null on paper. */
  readonly live: LiveCharge | null;
}

/**
 * The process of a session, and beside it the one that watches it, where it may send anything. They may reach the services
 * and their own venue, and nothing else.
 *
 * @param tell Hears what people are to be told.
 */
export function sessionCharges(own: ChargedSession, settings: Settings, tell: (notice: Notice) => void): Charge[] {
  const { name, session, live } = own,
    charge = (options: Pick<ProcessOptions, "name" | "permissions" | "hosts" | "writes" | "args">) =>
      givenCharge(options, live, settings, tell);
  const trader = charge({
    name,
    permissions: "trader",
    hosts: serviceHosts(settings),
    args: ["trade", "--session", session],
  });
  if (live?.mode === "readOnly") return [trader];
  const watchdog = {
    permissions: "watchdog",
    hosts: databaseHosts(settings),
    writes: watchdogFolder(settings),
    args: ["watchdog", session],
  };
  return [trader, charge({ name: `${name} watchdog`, ...watchdog })];
}

/** A process that is given the settings, and the key of an account at a venue, by its standard input. */
function givenCharge(
  { args, ...own }: Pick<ProcessOptions, "name" | "permissions" | "hosts" | "writes" | "args">,
  live: LiveCharge | null,
  settings: Settings,
  tell: (notice: Notice) => void,
): Charge {
  const said = `[${own.name}] `, { hosts } = own, first = settingsLine(settings);
  const say = (line: string) => {
    const notice = noticeIn(line.slice(said.length));
    if (notice === null) note(line);
    else tell(notice);
  };
  const given = [...args, "--given"];
  if (live === null) return processCharge({ ...own, args: given, say, input: () => first });
  return processCharge({
    ...{ ...own, say },
    hosts: [...hosts, ...tradingHosts(live.venue, live.exchangeUrl)],
    args: [...given, "--mode", live.mode],
    input: () => first + keyLine(live.secrets),
  });
}

/** The process ends in order when it was told to, and all with it; in any other way it is started again. */
export function endingWith({ name, start }: Charge, stop: AbortController): Charge {
  return {
    name,
    async start() {
      const running = await start();
      void running.ended.then((reason) => reason === "status 0" && stop.abort());
      return running;
    },
  };
}
